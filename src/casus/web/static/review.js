// Keys of the review page. Everything here can be done without them: each key presses a button or follows a link.
"use strict";
(() => {
  const typing = (node) => node instanceof HTMLElement && (node.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName));
  const marked = (key) =>
    [...document.querySelectorAll("[data-key]")].find((node) => node.dataset.key.split(" ").includes(key));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys) {
        keys.open = !keys.open;
        keys.querySelector("summary").focus();
      }
      event.preventDefault();
      return;
    }
    const node = (event.key === "a" && document.querySelector("[data-accept]")) || marked(event.key);
    if (!node) return;
    event.preventDefault();
    // a folded correction is shown first, so that nobody rejects what they have not seen
    const folded = node.closest("details:not([open])");
    if (folded) {
      folded.open = true;
      node.focus();
      return;
    }
    node.click();
  });

  // a form that was sent is not sent twice
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
})();
