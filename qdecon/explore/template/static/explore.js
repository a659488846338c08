// What the controls of the page lack: names for assistive technology, the language and title of the page, copying, and word
// of a lost connection. Controls are drawn again and again, so everything follows from what is on the page, not from events.
"use strict";
(() => {
  const root = document.documentElement;
  const page = document.getElementById("explore-page");
  const lost = document.getElementById("explore-lost");
  const said = document.getElementById("explore-said");
  const PATIENCE = 30000; // milliseconds in which the first view must come
  const QUICK = 250; // milliseconds that may pass without a sign of work
  let kernel = null;

  const set = (node, name, value) => {
    if (node && node.getAttribute(name) !== value) node.setAttribute(name, value);
  };
  const words = (node) => (node ? node.textContent.replace(/\u200b/g, "").trim() : "");
  const labelOf = (control) => words(control.querySelector(".widget-label"));

  function name(control) {
    const label = labelOf(control);
    if (control.matches(".widget-slider")) {
      const shown = words(control.querySelector(".widget-readout"));
      const handles = [...control.querySelectorAll(".noUi-handle")];
      for (const handle of handles) {
        set(handle, "aria-label", label);
        if (handles.length === 1 && shown) set(handle, "aria-valuetext", shown);
      }
      const readout = control.querySelector(".widget-readout[contenteditable]");
      set(readout, "role", "textbox");
      set(readout, "aria-label", label);
    } else if (control.matches(".widget-toggle-buttons")) {
      set(control, "role", "group");
      if (label) set(control, "aria-label", label);
    } else if (control.matches(".widget-toggle-button")) {
      set(control, "aria-pressed", String(control.classList.contains("mod-active")));
    } else if (control.matches(".widget-radio")) {
      set(control, "role", "radiogroup");
      if (label) set(control, "aria-label", label);
    } else if (control.matches(".widget-checkbox") && !label) {
      set(control.querySelector(".widget-label"), "aria-hidden", "true"); // an empty one keeps a place
    }
  }

  function follow() {
    for (const node of page.querySelectorAll('[title="null"]')) node.removeAttribute("title");
    page
      .querySelectorAll(".widget-slider, .widget-toggle-buttons, .widget-toggle-button, .widget-radio, .widget-checkbox")
      .forEach(name);
    for (const node of page.querySelectorAll(".scroll"))
      if (node.scrollWidth > node.clientWidth) set(node, "tabindex", "0");
      else node.removeAttribute("tabindex");
    const state = document.getElementById("qdecon-state");
    if (state) {
      set(root, "lang", state.dataset.lang === "en" ? "en" : "zh-CN");
      if (state.dataset.title && document.title !== state.dataset.title) document.title = state.dataset.title;
      // The address is that of what is shown, so that reloading brings it back.
      const query = state.dataset.query;
      if (query !== undefined && location.search !== `?${query}`) history.replaceState(null, "", `?${query}`);
    }
    if (document.getElementById("explore-failed")) set(root, "data-state", "failed");
    else if (page.querySelector(".widget-html-content > *")) set(root, "data-state", "ready");
    listen();
  }

  function listen() {
    const manager = window.jupyterapp && window.jupyterapp.widgetManager;
    if (kernel || !manager) return;
    kernel = manager.kernel;
    const gone = () => { lost.hidden = kernel.connectionStatus === "connected" && !["dead", "unknown"].includes(kernel.status); };
    let timer = null;
    kernel.connectionStatusChanged.connect(gone);
    kernel.statusChanged.connect(() => {
      gone();
      if (kernel.status === "busy") timer = timer || setTimeout(() => set(root, "data-busy", ""), QUICK);
      else {
        clearTimeout(timer);
        timer = null;
        root.removeAttribute("data-busy");
      }
    });
  }

  async function copy(button) {
    const source = document.querySelector(button.dataset.copy);
    const field = source.matches("textarea, input") ? source : source.querySelector("textarea, input");
    const text = field ? field.value : source.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const selection = field || source;
      if (field) field.select();
      else getSelection().selectAllChildren(selection);
      document.execCommand("copy");
    }
    said.textContent = "";
    button.dataset.copied = "";
    setTimeout(() => { said.textContent = root.lang === "en" ? "Copied" : "已复制"; }, 50);
    setTimeout(() => button.removeAttribute("data-copied"), 2000);
  }

  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; follow(); });
  }).observe(page, {
    subtree: true, childList: true, characterData: true, attributes: true,
    attributeFilter: ["class", "title", "aria-valuetext", "data-lang", "data-title", "data-query"],
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
  window.addEventListener("resize", follow);
  window.addEventListener("load", () => setTimeout(() => { if (root.dataset.state === "loading") lost.hidden = false; }, PATIENCE));
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  follow();
})();
