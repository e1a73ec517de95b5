"use strict";
(() => {
  // A numbered citation opens its source and goes there.
  document.addEventListener("click", (event) => {
    const cite = event.target.closest ? event.target.closest(".wl-cite") : null;
    const source = cite && document.getElementById(cite.dataset.source);
    if (!source) return;
    source.open = true;
    source.scrollIntoView({ block: "center", behavior: "smooth" });
    source.querySelector("summary").focus({ preventScroll: true });
  });

  // A new turn comes into view from its beginning, once.
  let shown = 0;
  new MutationObserver(() => {
    const turns = document.querySelectorAll("#wl-conversation .wl-turn");
    if (turns.length > shown) turns[turns.length - 1].scrollIntoView({ block: "start", behavior: "smooth" });
    shown = turns.length;
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
