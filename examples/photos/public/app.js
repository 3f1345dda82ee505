// Everything works without this file, but for progress that is live, older
// photos that come by themselves, and times of the reader's own zone.

/** @param {string} id */
function find(id) {
  return document.getElementById(id);
}

/** @param {ParentNode} root */
function localizeTimes(root) {
  const format = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
  });
  for (const time of root.querySelectorAll("time")) {
    time.textContent = format.format(new Date(time.dateTime));
  }
}

/** @param {string} text What somebody who does not see the page is told. */
function announce(text) {
  const region = find("announcement");
  if (region) region.textContent = text;
}

/** @param {string} url */
async function load(url) {
  const answer = await fetch(url, { headers: { accept: "text/html" } });
  const text = await answer.text();
  return new DOMParser().parseFromString(text, "text/html");
}

/** Shows what the server has now, and leaves the focus where it is. */
async function refresh() {
  const page = await load(location.href);
  // Without a copy on the page, somebody has to sign in again.
  if (!page.getElementById("status")) return location.reload();
  const focused = document.activeElement?.id;
  const isOpen = document.querySelector("details")?.open ?? false;
  // Whoever looks at older photos keeps them, and sees the newer ones later.
  const part = scrollY < innerHeight ? "main" : "#status";
  const next = page.querySelector(part);
  if (next) document.querySelector(part)?.replaceWith(next);
  const details = document.querySelector("details");
  if (details) details.open = isOpen;
  if (focused) find(focused)?.focus();
  enhance(next ?? document);
}

/** Shows pictures as soon as there are any: the first sync may take a while. */
async function fill() {
  const timeline = find("timeline");
  if (!timeline || timeline.childElementCount > 0) return;
  const page = await load(location.href);
  const filled = page.getElementById("timeline");
  if (!filled?.childElementCount) return;
  timeline.replaceWith(filled);
  watchMore();
}

/** Shows how far a run is, until it is over. */
function watch() {
  const progress = find("progress");
  if (!progress?.dataset.running) return;
  announce("Syncing");
  let filling = Promise.resolve();
  const events = new EventSource("/events");
  events.addEventListener("progress", ({ data }) => {
    const shown = progress.querySelector("p");
    const next = new DOMParser().parseFromString(data, "text/html");
    const told = next.querySelector("p");
    // Only the words change: the bar goes on moving.
    if (shown && told) shown.replaceWith(told);
    filling = filling.then(fill);
  });
  events.addEventListener("over", async () => {
    events.close();
    await filling;
    await refresh();
    announce(find("progress")?.textContent ?? "");
  });
}

/** @type {IntersectionObserver | undefined} */
let observer;

/** Brings older photos once their place comes near. */
function watchMore() {
  observer?.disconnect();
  const more = find("more");
  if (!(more instanceof HTMLAnchorElement)) return;
  observer = new IntersectionObserver((entries) => {
    // It may have come near and gone far in one turn.
    if (entries.some((entry) => entry.isIntersecting)) void addOlder(more);
  }, { rootMargin: "1000px" });
  observer.observe(more);
}

/** @param {HTMLAnchorElement} more */
async function addOlder(more) {
  observer?.disconnect();
  const page = await load(more.href);
  const timeline = find("timeline");
  // The page may have been refreshed meanwhile, and have a link of its own.
  if (!timeline || !more.isConnected) return;
  more.parentElement?.remove();
  for (const section of [...page.querySelectorAll("#timeline > *")]) {
    // The month that the page before ended in goes on.
    const last = timeline.lastElementChild;
    const month = section.getAttribute("data-month");
    if (month !== null && last?.getAttribute("data-month") === month) {
      last.querySelector("ul")?.append(...section.querySelectorAll("li"));
    } else timeline.append(section);
  }
  watchMore();
}

/** To newer and older photos by the arrow keys. */
document.addEventListener("keydown", ({ key, target }) => {
  if (target !== document.body) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[key];
  const link = document.querySelector(`a[rel="${rel}"]`);
  if (link instanceof HTMLAnchorElement) link.click();
});

/** @param {ParentNode} root */
function enhance(root) {
  localizeTimes(root);
  watch();
  watchMore();
}

enhance(document);
