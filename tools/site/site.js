document.addEventListener("click", async ({ target }) => {
  if (!target.matches("button.copy")) return;
  await navigator.clipboard.writeText(target.previousElementSibling.innerText);
  target.textContent = "Copied";
  setTimeout(() => target.textContent = "Copy", 2000);
});

// On a phone, the menu covers the page.
addEventListener(
  "hashchange",
  () => document.querySelector("#menu").hidePopover(),
);
