// Makes the mailbox live. Everything here is an addition: without it each link and form of the page still works.
// Strings that come from messages only ever become text (textContent) or attributes, never markup.
"use strict";

const panes = document.querySelector(".panes");
const list = document.querySelector(".rows");
const live = document.querySelector(".live");
const announce = document.querySelector("#announce");
const none = document.querySelector(".none");
const search = document.querySelector("#q");
const blank = document.querySelector("#row");
const onePane = matchMedia("(max-width: 760px)");
const HERE = "/console/mailbox";
/* As many lines as the server shows. */
const KEPT = 500;

const rows = () => [...list.querySelectorAll(".row")];
const links = () => rows().filter((row) => !row.hidden).map((row) => row.firstElementChild);
const place = () => new URLSearchParams(location.search);
const address = (params) => (params.size ? `${HERE}?${params}` : HERE);

/* Times: the server writes them in UTC, the eye wants "2 min ago" and its own zone. */
const relative = new Intl.RelativeTimeFormat("en", { style: "narrow", numeric: "auto" });
const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

function ago(at) {
  const seconds = (Date.now() - at) / 1000;
  if (seconds < 0 || seconds >= 7 * 86400) return `${day.format(at)}, ${clockTime.format(at)}`;
  if (seconds < 45) return "just now";
  if (seconds < 3570) return relative.format(-Math.max(1, Math.round(seconds / 60)), "minute");
  if (seconds < 86400) return relative.format(-Math.round(seconds / 3600), "hour");
  return relative.format(-Math.round(seconds / 86400), "day");
}

function tellTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title ||= whole.format(at);
    time.textContent = time.dataset.both === undefined ? ago(at) : `${whole.format(at)} (${ago(at)})`;
  }
}

/* Filter and search over the rows that are here. */
function filter() {
  const channel = place().get("channel");
  const words = search.value.trim().toLowerCase();
  let shown = 0;
  for (const row of rows()) {
    const text = `${row.querySelector(".to").textContent} ${row.querySelector(".title").textContent}`;
    row.hidden = (channel && row.dataset.channel !== channel) || !text.toLowerCase().includes(words);
    shown += row.hidden ? 0 : 1;
  }
  none.hidden = shown > 0;
  for (const tab of document.querySelectorAll(".segments a")) {
    if ((tab.dataset.channel || null) === channel) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
    const count = rows().filter((row) => !tab.dataset.channel || row.dataset.channel === tab.dataset.channel).length;
    tab.querySelector(".count").textContent = count;
  }
}

function filterBy(changes) {
  const params = place();
  for (const [name, value] of Object.entries(changes)) value ? params.set(name, value) : params.delete(name);
  history.replaceState(null, "", address(params));
  filter();
}

/* Opening a message swaps the right pane; a late answer to an earlier click is dropped. */
let asked = 0;

async function open(href, record) {
  const mine = ++asked;
  try {
    const answer = await fetch(href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(".message");
    if (mine !== asked) return;
    if (!fresh) throw new Error("not the page");
    record?.call(history, null, "", href);
    document.querySelector(".message").replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    panes.dataset.chosen = page.querySelector(".panes").dataset.chosen;
    markChosen();
    tellTimes(document.querySelector(".message"));
  } catch {
    if (mine === asked) location.assign(href);
  }
}

function markChosen() {
  const chosen = document.querySelector(".message").dataset.id;
  for (const row of rows()) {
    if (row.dataset.id === chosen) row.firstElementChild.setAttribute("aria-current", "true");
    else row.firstElementChild.removeAttribute("aria-current");
  }
}

/* The link's own message, view and width, with the filter as it stands now. */
function merged(link) {
  const params = place();
  const wanted = new URL(link.href).searchParams;
  for (const name of ["message", "view", "width"]) {
    if (wanted.has(name)) params.set(name, wanted.get(name));
    else params.delete(name);
  }
  return address(params);
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest(".row a, a[data-opens], .segments a");
  if (!link) return;
  event.preventDefault();
  if (link.closest(".segments")) {
    filterBy({ channel: link.dataset.channel });
    return;
  }
  const before = document.querySelector(".message").dataset.id;
  open(merged(link), history.pushState).then(() => {
    // The pane took the focus with it when it was swapped: give it to what stands in the same place.
    const opens = link.dataset.opens;
    if (opens === "back") rows().find((row) => row.dataset.id === before)?.firstElementChild.focus();
    else if (opens) document.querySelector(`a[data-opens="${opens}"]`)?.focus({ preventScroll: true });
    else if (onePane.matches) document.querySelector(".message h2")?.focus({ preventScroll: true });
  });
});

addEventListener("popstate", () => {
  search.value = place().get("q") || "";
  filter();
  open(location.href);
});

search.form.addEventListener("submit", (event) => event.preventDefault());
search.addEventListener("input", () => filterBy({ q: search.value.trim() }));

document.querySelector("#clear").addEventListener("submit", (event) => {
  if (!confirm("Clear the mailbox? Every message in it is forgotten.")) event.preventDefault();
});

/* Arrows walk the list, "/" searches. */
addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const focus = document.activeElement;
  const typing = focus === search;
  if (event.key === "/" && !typing) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && typing) {
    search.value = "";
    filterBy({ q: "" });
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (focus !== document.body && !list.contains(focus) && !typing) return;
    const all = links();
    const current = all.findIndex((link) => link === focus || (!list.contains(focus) && link.hasAttribute("aria-current")));
    const next = typing ? all[0] : all[event.key === "ArrowDown" ? current + 1 : current - 1];
    if (!next) return;
    event.preventDefault();
    next.focus();
    // Walking leaves no trail: "back" goes to where the walk began.
    open(merged(next), history.replaceState);
  }
});

/* Live: one event a message; the browser reconnects by itself and says which it saw last. */
function arrive(message) {
  if (rows().some((row) => row.dataset.id === message.id)) return;
  const row = blank.content.firstElementChild.cloneNode(true);
  row.dataset.id = message.id;
  row.dataset.channel = message.channel;
  row.firstElementChild.href = address(new URLSearchParams({ message: message.id }));
  row.querySelector(".channel").textContent = message.channel_name;
  row.querySelector(".to").textContent = message.to;
  row.querySelector(".title").textContent = message.title;
  row.querySelector(".start").textContent = message.start;
  row.querySelector("time").dateTime = message.at;
  row.classList.add("new");
  tellTimes(row);
  list.querySelector("ol").prepend(row);
  rows().slice(KEPT).forEach((old) => old.remove());
  announce.textContent = `New ${message.channel_name} to ${message.to}: ${message.title}`;
  filter();
  if (panes.classList.contains("bare")) {
    panes.classList.remove("bare");
    document.querySelector("#clear").hidden = false;
    open(address(place()));
  }
}

function listen() {
  const events = new EventSource(`${HERE}/events?after=${encodeURIComponent(panes.dataset.after)}`);
  const say = (state, text) => {
    live.dataset.state = state;
    live.textContent = text;
  };
  events.addEventListener("open", () => say("on", "Live"));
  events.addEventListener("error", () => {
    say("off", "Reconnecting…");
    // A browser gives up for good when it is answered anything but a stream, as by a proxy while the server restarts.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
  events.addEventListener("arrival", (event) => arrive(JSON.parse(event.data)));
  // The mailbox was emptied, or the server started anew: what the page shows is no longer there.
  events.addEventListener("cleared", () => location.assign(HERE));
}

live.hidden = false;
filter();
tellTimes(document);
setInterval(() => tellTimes(document), 30_000);
listen();
