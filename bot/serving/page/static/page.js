"use strict";
// What the page's framework has no component for: tips at numbers, the sources beside the chat, taking text away, and
// going from claim to claim. Everything else is the framework's. Functions that components call are in `wholeads`.
const wholeads = (() => {
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const show = (element, block) => element.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });
  const nearest = (event, selector) => (event.target.closest ? event.target.closest(selector) : null);
  let say = () => {}, sources = () => {};

  // Dark and light: what was chosen is kept; the framework sets what the system prefers, before and after.
  const stored = () => { try { return localStorage.getItem("wholeads-theme"); } catch { return null; } };
  const apply = () => {
    const chosen = stored();
    if (chosen && document.body && document.body.classList.contains("dark") !== (chosen === "dark"))
      document.body.classList.toggle("dark", chosen === "dark");
  };
  const theme = () => {
    const dark = !document.body.classList.contains("dark");
    try { localStorage.setItem("wholeads-theme", dark ? "dark" : "light"); } catch { /* not kept, then */ }
    document.body.classList.toggle("dark", dark);
  };

  // Tips: one element for all, since the chat cuts off what hangs out of its messages.
  let tip = null;
  const hide = () => { if (tip) { tip.hidden = true; tip.owner?.removeAttribute("aria-describedby"); tip.owner = null; } };
  const tell = (owner, text = owner.dataset.tip) => {
    if (!text || (tip.owner === owner && tip.textContent === text)) return;
    hide();
    tip.textContent = text;
    tip.owner = owner;
    tip.hidden = false;
    owner.setAttribute("aria-describedby", tip.id);
    const at = owner.getBoundingClientRect(), own = tip.getBoundingClientRect();
    const above = at.top - own.height - 8;
    tip.style.left = Math.max(8, Math.min(at.left, innerWidth - own.width - 8)) + "px";
    tip.style.top = (above > 8 ? above : at.bottom + 8) + "px";
  };
  const started = () => {
    tip = document.createElement("div");
    tip.id = "wl-tip"; tip.role = "tooltip"; tip.hidden = true;
    document.body.append(tip);
    apply();
    new MutationObserver(() => { mend(); follow(); }).observe(document.body, { childList: true, subtree: true });
    new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    for (const kind of ["mouseover", "focusin"])
      document.addEventListener(kind, (event) => {
        const owner = nearest(event, "[data-tip]");
        if (owner) tell(owner); else if (kind === "focusin" || !event.target.closest?.("#wl-tip")) hide();
      });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
    addEventListener("scroll", hide, { passive: true, capture: true });
  };
  if (document.body) started(); else document.addEventListener("DOMContentLoaded", started);

  // The sources beside the chat; on a narrow screen they lie over it.
  const panel = ({ element, server, watch, props }) => {
    const column = document.getElementById("wl-panel-column");
    column.setAttribute("role", "complementary");
    column.setAttribute("aria-label", "Sources");
    column.tabIndex = 0; // it scrolls, and so it must be reached without a mouse
    let from = null;
    const draw = (html, back) => {
      const body = element.querySelector(".wl-panel-body");
      body.innerHTML = html;
      if (!back) return;
      const bar = document.createElement("div");
      bar.className = "wl-panel-bar";
      for (const [text, act] of [["← Back", close], ["All sources", overview]]) {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
        button.addEventListener("click", act);
        bar.append(button);
      }
      body.prepend(bar);
    };
    let listing = props.overview;
    const overview = () => draw(listing || "", column.classList.contains("wl-shown"));
    const close = () => {
      column.classList.remove("wl-shown");
      overview();
      column.scrollTop = 0;
      if (from?.isConnected) { from.focus({ preventScroll: true }); show(from, "nearest"); hide(); }
    };
    const open = async ({ corpus, document: id, start, end }) => {
      let html;
      try { html = await server.source([corpus, id, Number(start), Number(end)]); }
      catch { html = '<p class="wl-notice" role="alert">The server could not be reached. Try again.</p>'; }
      column.classList.add("wl-shown");
      draw(html, true);
      const here = element.querySelector("#wl-here");
      if (here) { here.focus({ preventScroll: true }); show(here, "center"); }
      else { column.scrollTop = 0; element.querySelector("button")?.focus({ preventScroll: true }); }
    };
    sources = () => {
      from = document.activeElement;
      column.classList.add("wl-shown");
      draw(listing || "", true);
      element.querySelector("button")?.focus({ preventScroll: true });
    };
    document.addEventListener("click", (event) => {
      const button = nearest(event, "[data-document]");
      if (!button) return;
      hide();
      if (!element.contains(button)) from = button;
      open(button.dataset);
    });
    column.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && element.querySelector(".wl-panel-bar")) close();
    });
    watch("value", () => {
      from = document.activeElement;
      if (props.value?.document) { open(props.value); return; }
      listing = props.value?.overview || listing;
      column.classList.remove("wl-shown");
      overview();
    });
    overview();
  };

  // A finished answer is announced once, here; the framework's log would announce each piece of it.
  const announce = (element) => {
    element.setAttribute("role", "status");
    say = (text) => { element.textContent = text; };
  };

  // What the framework's own components lack for those who use no mouse and see no screen.
  const mend = () => {
    for (const log of document.querySelectorAll("#wl-chat [aria-live]:not([aria-live=off])"))
      log.setAttribute("aria-live", "off");
    for (const cell of document.querySelectorAll(".wl-proposals :is(.bool-cell, .select-all-checkbox)[role]")) {
      cell.removeAttribute("role"); // what is pressed is the box in it
      const head = cell.closest(".wl-proposals").querySelector("th[title]:not([title=''])")?.title || "Accept";
      cell.querySelector("input").setAttribute("aria-label", cell.matches(".bool-cell") ? head : `${head} all`);
    }
    for (const menu of document.querySelectorAll(".gradio-container th .cell-menu-button[tabindex='-1']")) {
      menu.tabIndex = 0; // the one way to sort a table
      menu.setAttribute("aria-label", `Sort by ${menu.closest("th").title}`);
    }
    for (const lock of document.querySelectorAll("[aria-label='Static column']:not([role])")) lock.role = "img";
    const examples = document.querySelector("#wl-chat [role=list]");
    if (examples) { examples.setAttribute("role", "group"); examples.setAttribute("aria-label", "Examples"); }
    const area = box();
    if (area && !area.dataset.restored) restore(area);
    if (area && !area.value && unanswered() && document.querySelector(".toast-body.error")) fill(unanswered());
    document.querySelector("#wl-facts input.search-input:not([aria-label])")?.setAttribute("aria-label", "Filter the facts");
  };
  // A new turn comes into view from its beginning, and once more when its answer is whole, unless somebody has scrolled.
  let turns = 0, whole = 0, scrolled = false;
  for (const kind of ["wheel", "touchmove", "keydown"])
    document.addEventListener(kind, () => { scrolled = true; }, { passive: true });
  const follow = () => {
    const shown = document.querySelectorAll("#wl-chat .wl-question");
    const done = document.querySelectorAll("#wl-chat .wl-actions").length;
    if (shown.length > turns || (done > whole && shown.length && !scrolled)) {
      if (shown.length > turns) scrolled = false;
      show(shown[shown.length - 1], "start");
    }
    turns = shown.length; whole = done;
  };

  // What is typed outlives a reload, such as the framework's own after a lost connection, and so does what was sent and
  // is not answered yet: that is asked again then.
  const stored_as = (name) => (text) => {
    try { if (text === undefined) return sessionStorage.getItem(name); sessionStorage.setItem(name, text); }
    catch { /* not kept, then */ }
  };
  const draft = stored_as("wholeads-draft"), unanswered = stored_as("wholeads-unanswered");
  const box = () => document.querySelector("#wl-question textarea");
  const fill = (text) => {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };
  document.addEventListener("input", (event) => { if (event.target === box()) draft(event.target.value); });
  const restore = (area) => {
    area.dataset.restored = true;
    if (draft() && !area.value) fill(draft());
  };
  // The server is asked some moments after the key goes down; the text is taken before anything else is typed.
  const sending = [];
  const send = () => {
    sending.push(box().value);
    if (!box().value.trim()) return;
    unanswered(box().value);
    fill("");
  };
  document.addEventListener("keydown", (event) => {
    if (event.target === box() && event.key === "Enter" && !event.shiftKey && !event.isComposing) send();
  }, true);
  document.addEventListener("click", (event) => { if (nearest(event, "#wl-ask")) send(); }, true);
  const taken = (text) => (sending.length ? sending.shift() : text);
  const left = (text) => {
    if (!text) return;
    unanswered("");
    if (!box().value) fill(text);
  };
  const answered = () => { if (!document.querySelector("#wl-chat [aria-busy=true]")) unanswered(""); };
  const resumed = () => {
    const text = unanswered();
    if (!text || (draft() && draft() !== text)) return;
    const last = [...document.querySelectorAll("#wl-chat .wl-question")].pop();
    if (last?.textContent.trim() === text.trim()) { fill(""); unanswered(""); }
    else { fill(text); document.querySelector("#wl-ask").click(); }
  };

  const copied = async (text) => {
    try { await navigator.clipboard.writeText(text); } catch {
      // Pages that come unencrypted from another machine may use the old way alone.
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
    }
  };
  const saved = (text, name) => {
    const link = Object.assign(document.createElement("a"), { download: name });
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // Buttons in answers and on the map, as events of a component.
  const bridge = ({ trigger, watch, props }) => {
    document.addEventListener("click", (event) => {
      const button = nearest(event, "[data-ask],[data-copy],[data-edit]");
      if (!button) return;
      const { ask, copy, edit, turn } = button.dataset;
      if (ask) {
        const chat = document.querySelector('[role="tab"]'); // what was pressed is out of sight then, or answered
        chat.click(); chat.focus({ preventScroll: true });
        trigger("submit", { question: ask });
      }
      else if (copy) { trigger("copy", { form: copy, turn: Number(turn), at: Date.now() }); }
      else { trigger("edit", { turn: Number(edit) }); document.querySelector("#wl-question textarea")?.focus(); }
    });
    watch("value", async () => {
      const { text, file, said } = props.value || {};
      if (text) await (file ? saved(text, file) : copied(text));
      if (said) { say(said); tell(document.activeElement, said); }
    });
  };

  // Of the claims one is chosen, and what is said of it is shown.
  const choose = (claim) => {
    const report = claim.closest(".wl-report");
    for (const other of report.querySelectorAll(".wl-claim")) {
      other.setAttribute("aria-pressed", other === claim);
    }
    for (const card of report.querySelectorAll(".wl-card")) {
      card.hidden = card.dataset.card !== claim.dataset.finding;
      if (!card.hidden) show(card, "nearest");
    }
  };
  document.addEventListener("click", (event) => {
    const claim = nearest(event, ".wl-claim");
    if (claim) choose(claim);
  });
  document.addEventListener("focusin", (event) => {
    const claim = nearest(event, ".wl-claim");
    if (claim?.matches(":focus-visible")) choose(claim); // whoever comes by the keys sees what is said of the first, too
  });
  document.addEventListener("keydown", (event) => {
    const tabs = nearest(event, "[role=tablist]") ? [...event.target.closest("[role=tablist]").querySelectorAll("[role=tab]")] : [];
    const next = { ArrowRight: 1, ArrowLeft: -1 }[event.key], place = tabs.indexOf(event.target);
    if (!next || place < 0) return;
    event.preventDefault();
    const tab = tabs[(place + next + tabs.length) % tabs.length];
    tab.focus(); tab.click();
  });
  // The framework's lists of choices open at the Tab key that leaves them, and stay open over the page.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !event.target.matches("[role=combobox]")) return;
    event.stopPropagation();
    event.target.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  }, true);
  // One tab stop for many: the arrow keys lead from claim to claim, and from country to country.
  document.addEventListener("keydown", (event) => {
    const walk = nearest(event, "[data-walk]");
    const stops = walk ? [...walk.querySelectorAll("[tabindex]")] : [];
    const place = stops.indexOf(event.target);
    if (place < 0) return;
    const press = event.key === "Enter" || event.key === " ";
    const next = { ArrowRight: place + 1, ArrowDown: place + 1, ArrowLeft: place - 1, ArrowUp: place - 1, Home: 0,
      End: stops.length - 1 }[event.key];
    if (next === undefined && !press) return;
    event.preventDefault();
    if (press) { event.target.dispatchEvent(new MouseEvent("click", { bubbles: true })); return; }
    const chosen = stops[Math.max(0, Math.min(next, stops.length - 1))];
    for (const stop of stops) stop.setAttribute("tabindex", stop === chosen ? 0 : -1);
    chosen.focus();
  });

  return { announce, answered, bridge, left, panel, resumed, sources: () => sources(), taken, theme };
})();
