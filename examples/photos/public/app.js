// Pages work without this file. It adds live progress, older photos that load on
// scrolling, arrow keys, and times in the reader's time zone.

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

/** @param {string} text Read aloud by screen readers. */
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

/** Loads the page again, without moving the focus. */
async function refresh() {
  const page = await load(location.href);
  // If the status is missing, the user has to sign in again.
  if (!page.getElementById("status")) return location.reload();
  const focused = document.activeElement?.id;
  // If the reader has scrolled down to older photos, only the status is replaced.
  const part = scrollY < innerHeight ? "main" : "#status";
  const next = page.querySelector(part);
  if (next) document.querySelector(part)?.replaceWith(next);
  if (focused) find(focused)?.focus();
  enhance(next ?? document);
}

/** Shows the first photos during the first sync, which may take a while. */
async function fill() {
  const timeline = find("timeline");
  if (!timeline || timeline.childElementCount > 0) return;
  const page = await load(location.href);
  const filled = page.getElementById("timeline");
  if (!filled?.childElementCount) return;
  timeline.replaceWith(filled);
  watchMore();
}

/** Shows the progress of a run. */
function watch() {
  const progress = find("progress");
  if (!progress?.dataset.running) return;
  announce("Syncing");
  let filling = Promise.resolve();
  const events = new EventSource("/events");
  events.addEventListener("progress", ({ data }) => {
    const shown = progress.querySelector("p");
    const next = new DOMParser().parseFromString(data, "text/html");
    const text = next.querySelector("p");
    // Only the text is replaced, so that the bar's animation continues.
    if (shown && text) shown.replaceWith(text);
    filling = filling.then(fill);
  });
  events.addEventListener("over", async () => {
    events.close();
    await filling;
    await refresh();
    announce(find("progress")?.textContent ?? "");
  });
  // The server rejects streams if too many are open.
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(refresh, 10_000);
  });
}

/** @type {IntersectionObserver | undefined} */
let observer;

/** Loads older photos when the reader gets close to them. */
function watchMore() {
  observer?.disconnect();
  const more = find("more");
  if (!(more instanceof HTMLAnchorElement)) return;
  observer = new IntersectionObserver((entries) => {
    // The link may have come close and moved away before this call.
    if (entries.some((entry) => entry.isIntersecting)) void addOlder(more);
  }, { rootMargin: "1000px" });
  observer.observe(more);
}

/** @param {HTMLAnchorElement} more */
async function addOlder(more) {
  observer?.disconnect();
  const page = await load(more.href);
  const timeline = find("timeline");
  // A refresh during the request may have replaced the link.
  if (!timeline || !more.isConnected) return;
  more.parentElement?.remove();
  for (const section of [...page.querySelectorAll("#timeline > *")]) {
    // A month can continue on the next page.
    const last = timeline.lastElementChild;
    const month = section.getAttribute("data-month");
    if (month !== null && last?.getAttribute("data-month") === month) {
      last.querySelector("ul")?.append(...section.querySelectorAll("li"));
    } else timeline.append(section);
  }
  watchMore();
}

/** Arrow keys lead to newer and older photos. */
document.addEventListener("keydown", ({ key, target }) => {
  if (target !== document.body) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[key];
  const link = document.querySelector(`a[rel="${rel}"]`);
  if (link instanceof HTMLAnchorElement) link.click();
});

/** Hides a thumbnail that cannot be loaded, so that its placeholder shows. */
document.addEventListener("error", ({ target }) => {
  if (target instanceof HTMLImageElement) target.style.visibility = "hidden";
}, true);
for (const image of document.images) {
  if (image.complete && image.naturalWidth === 0) {
    image.style.visibility = "hidden";
  }
}

/** @param {ParentNode} root */
function enhance(root) {
  localizeTimes(root);
  watch();
  watchMore();
}

enhance(document);
