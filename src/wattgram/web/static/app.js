// The page works without this file. It answers while one types, offers the long lists, and copies.
"use strict";

const result = () => document.getElementById("result");
let latest = 0;

// The address of the form, without the fields that were left empty.
function addressOf(form) {
  const said = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim()) said.append(name, value);
  const query = said.toString();
  return form.getAttribute("action").split("#")[0] + (query ? "?" + query : "");
}

async function show(address) {
  const turn = ++latest;
  result().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("result");
    if (turn !== latest || !fresh) return false;
    result().replaceWith(fresh);
    document.title = page.title;
    history.replaceState(null, "", address);
    ready(fresh);
    return true;
  } catch {
    return false;
  } finally {
    if (turn === latest) result().removeAttribute("aria-busy");
  }
}

const form = document.querySelector(".form");
if (form) {
  let timer;
  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const said = new FormData(form);
      const long = ["duration", "measured_energy_kwh", "flops", "tokens", "end"].some((name) => said.get(name));
      if (said.get("hardware") && long && (said.get("where") || said.get("intensity"))) show(addressOf(form));
    }, wait);
  };
  form.addEventListener("input", () => soon(350));
  form.addEventListener("change", () => soon(50));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    const address = addressOf(form);
    show(address).then((done) => {
      if (!done) location.assign(address);
      else if (innerWidth < 992) result().scrollIntoView();
    });
  });

  // Processors and cities are thousands: they come when a field is first entered.
  for (const field of form.querySelectorAll("input[list]")) {
    field.addEventListener(
      "focus",
      async () => {
        const list = document.getElementById(field.getAttribute("list"));
        const more = await fetch("/options/" + field.name).catch(() => null);
        if (more?.ok) list.insertAdjacentHTML("beforeend", await more.text());
      },
      { once: true },
    );
  }
}

// A choice in a comparison is answered at once; texts can be copied.
function ready(root) {
  for (const choice of root.querySelectorAll(".axes select")) {
    choice.addEventListener("change", () => show(addressOf(choice.form)));
  }
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(text.textContent);
      } catch {
        getSelection().selectAllChildren(text);
        document.execCommand("copy");
      }
      const label = button.firstChild;
      const before = label.textContent;
      label.textContent = button.dataset.done;
      setTimeout(() => (label.textContent = before), 1500);
    });
  }
}
ready(document);
// A page of runs that still run looks again; without JavaScript one reloads it oneself.
const again = document.querySelector('meta[name="refresh-seconds"]');
if (again) setTimeout(() => location.reload(), again.content * 1000);
