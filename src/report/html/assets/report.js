"use strict";
// Filters, sorts, opens and copies. The page holds all data as text already; nothing here writes HTML.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

  for (const element of $$("[data-script]")) element.hidden = false;

  const list = $("#list");
  const form = $(".filters");
  const more = $("#more");
  const columns = form ? $$("select:not([name=sort])", form).map((select) => select.name) : [];

  // What is filtered and sorted by, read once: asking the document each time would be slow.
  const rows = list
    ? [...list.children].map((li) => ({ ...li.dataset, li, usd: Number(li.dataset.usd), days: li.dataset.days ? Number(li.dataset.days) : -1 }))
    : [];

  // What the search looks through. It is gathered while nobody waits, and at once for whoever types before that.
  const textOf = (row) => (row.text ??= `${row.li.textContent} ${row.rule} ${row.li.id}`.toLowerCase());
  const gather = (from) => {
    const end = performance.now() + 10;
    while (from < rows.length && performance.now() < end) textOf(rows[from++]);
    if (from < rows.length) setTimeout(gather, 0, from);
  };
  setTimeout(gather, 100, 0);

  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const byText = (key) => (a, b) => compare(a[key], b[key]);
  const orders = { usd: (a, b) => b.usd - a.usd, days: (a, b) => b.days - a.days };

  // Only so many rows are in the document at a time, or each keystroke would lay out thousands.
  const STEP = 250;
  let shown = rows;
  let drawn = 0;

  const clear = () => {
    for (const name of ["q", "sort", ...columns]) form.elements[name].value = "";
  };

  const draw = (upto) => {
    const next = shown.slice(drawn, upto).map((row) => row.li);
    list.append(...next);
    drawn = Math.min(upto, shown.length);
    const left = shown.length - drawn;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(STEP, left)} more of ${left}`;
    return next;
  };

  const update = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = columns.map((name) => [name, form.elements[name].value]).filter(([, value]) => value);
    shown = rows.filter(
      (row) => wanted.every(([name, value]) => row[name] === value) && words.every((word) => textOf(row).includes(word)),
    );
    const key = form.elements.sort.value;
    // Sorting keeps the order of what is alike, so the worst stay first within.
    if (key) shown.sort(orders[key] ?? byText(key));
    list.replaceChildren();
    drawn = 0;
    draw(STEP);
    const usd = shown.reduce((sum, row) => sum + row.usd, 0);
    const money = usd > 0 ? `, $${usd.toFixed(2)} a month` : "";
    $("#count").textContent = `${shown.length} of ${rows.length} match${money}`;
  };

  // The rule and its note beside a finding, copied from where the page has them once.
  const explain = (item) => {
    const body = $(".body", item);
    const rule = document.getElementById(`rule-${item.dataset.rule}`);
    if (!rule || $(".beside", body)) return;
    const beside = document.createElement("div");
    beside.className = "beside";
    // It can be scrolled, so it must be reached by the keyboard, and then it needs a name.
    beside.tabIndex = 0;
    beside.setAttribute("role", "group");
    beside.setAttribute("aria-label", "What the note and the rule say");
    const note = document.getElementById(rule.dataset.note);
    for (const [title, source] of [["The note", note], ["The rule", rule]]) {
      if (!source) continue;
      const heading = document.createElement("h3");
      heading.textContent = `${title}: ${$("summary", source).textContent.trim().replace(/\s+/g, " ")}`;
      beside.append(heading, $(".prose", source).cloneNode(true));
    }
    body.append(beside);
  };

  list?.addEventListener("toggle", (event) => event.target.open && explain(event.target.closest("li")), true);

  if (form) {
    form.addEventListener("input", update);
    form.addEventListener("submit", (event) => event.preventDefault());
    $("#clear").addEventListener("click", () => {
      clear();
      update();
    });
    more.addEventListener("click", () => {
      const [first] = draw(drawn + STEP);
      if (more.hidden) $("summary", first).focus();
    });
    $("#open").addEventListener("click", (event) => {
      const open = event.target.textContent === "Open all";
      for (const li of list.children) $("details", li).open = open;
      event.target.textContent = open ? "Close all" : "Open all";
    });
    // What is printed is all that matches.
    addEventListener("beforeprint", () => draw(shown.length));
    update();
  }

  for (const link of $$("a[data-filter]")) {
    link.addEventListener("click", () => {
      clear();
      form.elements[link.dataset.filter].value = link.dataset.value;
      update();
    });
  }

  // A link to something that is folded, or filtered away, shows it.
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const row = rows.find((row) => row.li.id === id);
    if (row && !row.li.isConnected) {
      if (!shown.includes(row)) {
        clear();
        update();
      }
      draw(shown.indexOf(row) + STEP);
    }
    const target = document.getElementById(id);
    const details = target?.matches("details") ? target : row && $("details", row.li);
    if (!details) return;
    details.open = true;
    target.scrollIntoView();
    $("summary", details).focus({ preventScroll: true });
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) reveal();
  });
  reveal();

  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // A page that was opened as a file may lack the clipboard: the old way needs a selection.
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "unseen";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    const done = await copied($("code", button.parentElement).textContent);
    button.textContent = done ? "Copied" : "Select it yourself";
    button.focus();
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });

  const themes = ["automatic", "light", "dark"];
  $("#theme").addEventListener("click", (event) => {
    const now = document.documentElement.dataset.theme ?? "automatic";
    const next = themes[(themes.indexOf(now) + 1) % themes.length];
    document.documentElement.dataset.theme = next;
    event.target.textContent = `Theme: ${next}`;
  });
  $("#print").addEventListener("click", () => print());
})();
