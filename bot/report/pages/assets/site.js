// Search, keys, and how long ago something was. The pages are whole without it.
"use strict";
(() => {
  const root = document.body.dataset.root || "";
  const by = (id) => document.getElementById(id);
  const find = by("find"), dialog = by("search"), query = by("query"), results = by("results"), told = by("told");
  const MOST = 40;
  let entries = null, shown = [], chosen = -1, loading = false;

  const ago = (seconds) => {
    for (const [name, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
      const number = Math.floor(seconds / size);
      if (number >= 1) return `${number} ${name}${number === 1 ? "" : "s"} ago`;
    }
    return "just now";
  };
  for (const each of document.querySelectorAll("time[datetime]")) {
    const seconds = (Date.now() - Date.parse(each.dateTime)) / 1000;
    if (seconds >= 0) each.title = ago(seconds);
  }

  // Inside a closed fold nothing can be linked to, searched for in the page, or printed.
  const unfold = () => {
    let place = null;
    try { place = by(decodeURIComponent(location.hash.slice(1))); } catch { return; }
    for (let each = place; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    if (place) place.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  if (location.hash) unfold();
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));

  for (const each of document.querySelectorAll(".hints")) each.hidden = false;

  const nav = document.querySelector(".bar nav"), current = nav && nav.querySelector("[aria-current]");
  if (current) nav.scrollLeft = current.offsetLeft - nav.clientWidth / 3;

  const score = (entry, words) => {
    const title = entry.t.toLowerCase(), rest = `${entry.s} ${entry.k}`.toLowerCase();
    let total = 0;
    for (const word of words) {
      const at = title.indexOf(word);
      if (at === 0 || (at > 0 && /[^a-z0-9]/.test(title[at - 1]))) total += 4;
      else if (at > 0) total += 3;
      else if (rest.includes(word)) total += 1;
      else return 0;
    }
    return total;
  };
  const choose = (place) => {
    chosen = place;
    [...results.children].forEach((each, number) => each.setAttribute("aria-selected", String(number === place)));
    const item = results.children[place];
    if (item) { query.setAttribute("aria-activedescendant", item.id); item.scrollIntoView({ block: "nearest" }); }
    else query.removeAttribute("aria-activedescendant");
  };
  const go = (entry) => { dialog.close(); location.href = root + entry.u; };
  const item = (entry, number) => {
    const made = document.createElement("li"), kind = document.createElement("span"), rest = document.createElement("small");
    made.id = `result-${number}`;
    made.setAttribute("role", "option");
    kind.className = "kind"; kind.textContent = entry.g;
    rest.textContent = entry.s;
    made.append(kind, entry.t, rest);
    made.addEventListener("click", () => go(entry));
    return made;
  };
  const look = () => {
    const words = query.value.toLowerCase().split(/[\s_]+/).filter(Boolean);
    const found = !entries || !words.length ? [] : entries
      .map((entry, place) => [score(entry, words), place, entry])
      .filter(([points]) => points > 0)
      .sort((one, other) => other[0] - one[0] || one[1] - other[1]);
    shown = found.slice(0, MOST).map(([, , entry]) => entry);
    results.replaceChildren(...shown.map(item));
    query.setAttribute("aria-expanded", String(shown.length > 0));
    choose(shown.length ? 0 : -1);
    if (!entries) told.textContent = loading ? "Loading…" : "";
    else if (!words.length) told.textContent = "Names of migrations and tables, and rules.";
    else if (!found.length) told.textContent = "Nothing of that name.";
    else told.textContent = found.length > MOST ? `The first ${MOST} of ${found.length}.` : `${found.length} found.`;
  };
  const load = () => {
    if (entries || loading) return;
    loading = true;
    const script = document.createElement("script");
    script.src = `${root}assets/search.js`;
    script.onload = () => { entries = window.migrationBotIndex || []; loading = false; look(); };
    script.onerror = () => { loading = false; told.textContent = "The index could not be loaded."; };
    document.head.append(script);
  };
  const open = () => { load(); dialog.showModal(); query.select(); look(); };
  if (dialog) {
    find.hidden = false;
    find.addEventListener("click", open);
    by("close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    query.addEventListener("input", look);
    query.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && shown.length) { choose((chosen + 1) % shown.length); event.preventDefault(); }
      else if (event.key === "ArrowUp" && shown.length) { choose((chosen + shown.length - 1) % shown.length); event.preventDefault(); }
      else if (event.key === "Enter" && shown[chosen]) { go(shown[chosen]); event.preventDefault(); }
    });
  }

  const step = (by) => {
    const all = [...document.querySelectorAll("main .entry")];
    if (!all.length) return;
    const place = all.indexOf(document.activeElement);
    const next = place < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, place + by));
    all[next].focus();
  };
  const follow = (link) => { if (link) location.href = link.href; };
  addEventListener("keydown", (event) => {
    if (!dialog || dialog.open || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "k") { open(); event.preventDefault(); return; }
    if (event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const does = {
      "/": open, j: () => step(1), k: () => step(-1), "[": () => follow(by("earlier")), "]": () => follow(by("later")),
      b: () => { location.href = `${root}index.html`; },
    }[event.key];
    if (does) { does(); event.preventDefault(); }
  });
})();
