// The console works without this file; with it, pages stay where they are and follow what happens.

const byId = (id) => document.getElementById(id);
const list = byId("messages");
const scroll = byId("scroll");
const forms = byId("forms");
const composer = byId("composer");

// Posting -------------------------------------------------------------------------------------

const freshKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

let toastTimer;
function toast(text) {
  const box = byId("toast");
  if (!box) return;
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (box.hidden = true), 12000);
}

// A browser lets at most this much go on after its page is left, in bytes.
const OUTLIVES = 60000;

async function post(action, fields) {
  const headers = { "x-attache-quick": "1", "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(fields).toString();
  try {
    return await fetch(action, { method: "POST", headers, body, keepalive: body.length < OUTLIVES });
  } catch {
    toast("The server did not answer, so nothing is known to be done. What you wrote is kept; please try again.");
    return null;
  }
}

async function explain(response) {
  if (response.status === 401 && !unsent()) {
    location.assign("/sign-in");
    return;
  }
  toast(await noticeOf(response));
}

async function noticeOf(response) {
  const notice = parsed(await response.text()).getElementById("notice");
  return notice ? notice.textContent : "That was not done. Please load the page again.";
}

async function quick(form, extra) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const fields = new FormData(form);
  for (const [name, value] of Object.entries(extra ?? {})) fields.set(name, value);
  did({ message: fields.get("message") });
  if ("opens" in form.dataset) opening = performance.now();
  const response = await post(form.getAttribute("action"), fields);
  delete form.dataset.busy;
  if (!response) return;
  if (!response.ok) return explain(response);
  const key = form.querySelector("input[name=key]");
  if (key) key.value = freshKey();
  if (form.dataset.removes) {
    byId(form.dataset.removes)?.remove();
    byId("text")?.focus();
  }
}

// A question before the press counts.
function confirmed(form) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = form.dataset.title;
  byId("confirm-text").textContent = form.dataset.text;
  const [no, yes] = dialog.querySelectorAll("button");
  no.textContent = form.dataset.no;
  yes.textContent = form.dataset.yes;
  yes.className = form.querySelector(".danger") ? "button danger sure" : "button primary";
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.onclose = () => {
    for (const one of dialog.querySelectorAll("h2, p, button")) one.textContent = "";
    if (dialog.returnValue === "yes") quick(form, { sure: "yes" });
  };
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("quick" in form.dataset) {
    event.preventDefault();
    if (form === composer) say();
    else if (form.dataset.title) confirmed(form);
    else quick(form);
  } else if ("sheet" in form.dataset && forms) {
    event.preventDefault();
    sendSheet(form, event.submitter);
  } else if ("import" in form.dataset) {
    const file = form.querySelector("input[type=file]").files[0];
    if (!file && form.querySelector("textarea").value.trim()) return;
    event.preventDefault();
    if (file) sendFile(form, file);
    else showFault(form, "Choose a CSV file first, or paste its text. Nothing was imported.");
  } else if ("named" in form.dataset) {
    event.preventDefault();
    addChannel(form);
  }
});

// What is wrong with a field, beside it; it goes when the field is changed.
function showFault(form, words) {
  const box = form.querySelector(".fault");
  const input = form.querySelector("input, textarea");
  box.textContent = words;
  box.hidden = false;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", box.id);
  input.focus();
  form.addEventListener("input", () => {
    box.hidden = true;
    input.removeAttribute("aria-invalid");
  }, { once: true });
}

async function addChannel(form) {
  const response = await post(form.getAttribute("action"), new FormData(form));
  if (!response) return;
  if (response.redirected) location.assign(response.url);
  else if (response.status === 422) showFault(form, await noticeOf(response));
  else await explain(response);
}

// Saying --------------------------------------------------------------------------------------
// What was typed leaves the field at once and is sent in its turn; what was not taken comes back.

// A sign of sending is shown only when the server takes its time.
const SLOW = 250;
const outbox = [];
let cameBack;
let sending = false;

function say() {
  const field = byId("text");
  const words = field.value.trim();
  if (!words) return;
  // Sent again as it was, it has its old key, so that it is heard once.
  const key = cameBack?.words === words ? cameBack.key : freshKey();
  cameBack = undefined;
  field.value = "";
  queue({ words, key });
  anchor = undefined;
  toBottom();
}

function queue(item) {
  outbox.push(item);
  item.slow = setTimeout(() => showWaiting(item, "Sending …"), SLOW);
  if (!sending) sendAll();
}

async function sendAll() {
  sending = true;
  while (outbox.length > 0) {
    const item = outbox[0];
    did({});
    const response = await post(composer.getAttribute("action"), { text: item.words, key: item.key });
    outbox.shift();
    hideWaiting(item);
    if (!response) giveBack([item, ...outbox.splice(0)]);
    else if (!response.ok) {
      giveBack([item]);
      await explain(response);
    }
  }
  sending = false;
}

// Into the field when nothing is lost by it, otherwise as a line that can be sent again.
function giveBack(items) {
  const field = byId("text");
  if (items.length === 1 && !field.value.trim()) {
    cameBack = items[0];
    field.value = items[0].words;
    field.focus();
    return;
  }
  for (const item of items) {
    hideWaiting(item);
    showWaiting(item, "Not sent.");
    const choices = [
      ["Send again", () => queue(item)],
      ["Put back", () => putBack(item)],
    ];
    for (const [label, act] of choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.textContent = label;
      button.onclick = () => {
        hideWaiting(item);
        act();
        byId("text").focus();
      };
      item.line.querySelector(".state").append(" ", button);
    }
    item.line.classList.add("failed");
  }
}

function putBack(item) {
  const field = byId("text");
  if (!field.value.trim()) cameBack = item;
  field.value = [field.value.trim(), item.words].filter(Boolean).join("\n");
}

function showWaiting(item, state) {
  item.line = fragment(`<li class="message"><article><div class="body"><p class="words" dir="auto"></p><p class="state"></p></div></article></li>`);
  item.line.querySelector("article").setAttribute("aria-label", `${state} ${item.words}`);
  item.line.querySelector(".words").textContent = item.words;
  item.line.querySelector(".state").textContent = state;
  byId("outbox").append(item.line);
  if (!anchor) toBottom();
}

function hideWaiting(item) {
  clearTimeout(item.slow);
  item.line?.remove();
}

// Its message is here, although the server has not answered yet.
function arrived(words) {
  const item = words && outbox.find((one) => one.words === words);
  if (item) hideWaiting(item);
}

const unsent = () => Boolean(byId("outbox")?.querySelector(".failed") || byId("text")?.value.trim());

// Forms ---------------------------------------------------------------------------------------

function closeSheets() {
  for (const dialog of forms?.querySelectorAll("dialog") ?? []) {
    dialog.close();
    dialog.remove();
  }
}

function showSheet(dialog) {
  dialog.removeAttribute("open");
  dialog.showModal();
  const first = dialog.querySelector("[aria-invalid], input:not([type=hidden]), textarea, select");
  first?.focus();
  dialog.addEventListener("cancel", () => {
    post(dialog.querySelector("[data-cancel]").getAttribute("formaction"), {});
    setTimeout(() => dialog.remove());
  });
}

async function sendSheet(form, submitter) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const leaving = submitter && "cancel" in submitter.dataset;
  const action = leaving ? submitter.getAttribute("formaction") : form.getAttribute("action");
  const response = await post(action, leaving ? {} : new FormData(form));
  delete form.dataset.busy;
  if (!response) return;
  if (response.ok) {
    closeSheets();
    byId("text")?.focus();
    return;
  }
  if (response.status === 422) {
    const html = await response.text();
    const dialog = parsed(html).querySelector("dialog");
    if (dialog) {
      closeSheets();
      forms.append(dialog);
      showSheet(dialog);
      return;
    }
    toast(parsed(html).getElementById("notice")?.textContent ?? "That was not sent.");
    return;
  }
  explain(response);
}

// Live updates --------------------------------------------------------------------------------

function localTimes(root) {
  const today = new Date().toDateString();
  for (const element of root.querySelectorAll("time")) {
    const at = new Date(element.dateTime);
    const time = { hour: "2-digit", minute: "2-digit" };
    const day = { day: "numeric", month: "short" };
    element.textContent =
      at.toDateString() === today ? at.toLocaleTimeString("en-GB", time) : at.toLocaleString("en-GB", { ...day, ...time });
    element.title = `${at.toLocaleString("en-GB")} · ${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  }
}

// Where a message begins, within what scrolls. Asking the message to scroll would move the page too.
const topOf = (message) =>
  message.getBoundingClientRect().top - scroll.getBoundingClientRect().top + scroll.scrollTop;

function showTop(message) {
  scroll.scrollTop = topOf(message) - 12;
}

function toBottom() {
  if (scroll) scroll.scrollTop = scroll.scrollHeight;
}

const nearBottom = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 160;

// Own deeds whose answers are to come, the answer that is being shown, and the first that was not.
let deeds = [];
let anchor;
let missed;

function did(deed) {
  deeds.push(deed);
}

// Which deed a new message answers. A press is often answered in its own message.
function answers(fresh, isNew) {
  const at = isNew ? 0 : deeds.findIndex((deed) => deed.message && `m-${deed.message}` === fresh.id);
  if (!fresh.classList.contains("bot") || !deeds[at]) return undefined;
  return deeds.splice(at, 1)[0];
}

const below = (message) => topOf(message) > scroll.scrollTop + scroll.clientHeight - 48;

// Brings what came into view: the answer to an own deed from its top on, what others say only to
// who reads at the end anyway. To everybody else it is announced.
function follow(fresh, { isNew, answered, stick }) {
  if (answered && isNew) anchor = fresh;
  if (anchor) showTop(anchor);
  else if (stick && isNew && fresh.offsetHeight > scroll.clientHeight) showTop(fresh);
  else if (stick) toBottom();
  if (isNew && below(fresh)) missed ??= fresh;
  hint();
}

function hint() {
  if (missed && (!missed.isConnected || !below(missed))) missed = undefined;
  const news = byId("news");
  if (news) news.hidden = !missed;
}

// When a press asked for a thread; and how long its root is waited for.
let opening = -Infinity;
const OPENS_WITHIN = 60000;

// The thread that was asked for by a press opens for who pressed, unless words would be left behind.
function entered(fresh) {
  const link = fresh.querySelector("a.reply");
  const me = document.querySelector(".me strong").textContent;
  const mine = fresh.querySelector("article").getAttribute("aria-label").includes(`: ${me} `);
  if (performance.now() - opening > OPENS_WITHIN || !link || !mine) return false;
  if (!fresh.classList.contains("bot") || outbox.length > 0 || unsent()) return false;
  opening = -Infinity;
  location.assign(`${link.getAttribute("href")}#text`);
  return true;
}

// Whoever scrolls has decided what to look at.
function letGo() {
  anchor = undefined;
  deeds = [];
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.textContent : null;
  old.replaceWith(fresh);
  if (focused === null) return;
  const same = [...fresh.querySelectorAll("button, a")].find((one) => one.textContent === focused);
  if (same) same.focus();
  else byId("text")?.focus();
}

function insert(fresh) {
  const born = Number(fresh.dataset.born);
  const before = [...list.children].findLast((one) => Number(one.dataset.born) < born);
  if (!before && list.children.length > 0 && document.querySelector(".more")) return false;
  if (before) before.after(fresh);
  else list.prepend(fresh);
  byId("empty")?.remove();
  return true;
}

// Said to screen readers; what follows within a second does not silence what came before.
let announcedAt = -Infinity;
function announce(words) {
  const box = byId("announce");
  const now = performance.now();
  if (now - announcedAt > 1000) box.textContent = "";
  announcedAt = now;
  const line = document.createElement("p");
  line.textContent = words;
  box.append(line);
}

// What a changed message says that it did not say before.
function announceChange(old, fresh) {
  const lines = (one) =>
    [...one.querySelectorAll(".words, .card :is(h3, p, dd, th, td), .file a")].map((line) => line.textContent.trim());
  const known = new Set(lines(old));
  const news = lines(fresh).filter((line) => line && !known.has(line));
  if (news.length > 0) announce(`${fresh.querySelector(".author").textContent}: ${news.join(" ").slice(0, 300)}`);
}

function showMessage(html) {
  const fresh = fragment(html);
  localTimes(fresh);
  arrived(fresh.querySelector(".words")?.textContent);
  const stick = nearBottom();
  const old = byId(fresh.id);
  if (old) {
    announceChange(old, fresh);
    replace(old, fresh);
  } else if (insert(fresh)) announce(fresh.querySelector("article").getAttribute("aria-label"));
  else return;
  if (old && anchor === old) anchor = fresh;
  if (old && missed === old) missed = fresh;
  if (!old && entered(fresh)) return;
  follow(fresh, { isNew: !old, answered: answers(fresh, !old), stick });
}

function showForm(html) {
  const dialog = fragment(html);
  if (!dialog) return closeSheets();
  if (byId(dialog.id)) return;
  closeSheets();
  forms.append(dialog);
  showSheet(dialog);
}

let shownNav;
function showNav(html) {
  const nav = byId("nav");
  const active = nav.contains(document.activeElement) ? document.activeElement : null;
  if (html === shownNav || active?.matches("input, summary, button")) return;
  shownNav = html;
  const open = nav.querySelector("details")?.open;
  nav.innerHTML = html;
  if (open) nav.querySelector("details").open = true;
  if (active) nav.querySelector(`a[href="${CSS.escape(active.getAttribute("href"))}"]`)?.focus();
}

let source;
let after = list?.dataset.after;

function listen() {
  if (source && source.readyState !== EventSource.CLOSED) return;
  const { channel, thread, welcome } = list.dataset;
  source = new EventSource(`/live?${new URLSearchParams({ channel, thread, welcome, after })}`);
  const on = (name, show) =>
    source.addEventListener(name, (event) => {
      if (event.lastEventId) after = event.lastEventId;
      show(event.data);
    });
  on("message", showMessage);
  on("form", showForm);
  on("nav", showNav);
  on("settled", () => byId("welcome")?.remove());
  source.onopen = () => document.body.classList.remove("offline");
  source.onerror = () => {
    document.body.classList.add("offline");
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 4000);
  };
}

// A hidden page lets go of its connection after a while; it catches up when it is seen again.
let hiding;
function watchOver() {
  clearTimeout(hiding);
  if (document.visibilityState === "visible") listen();
  else hiding = setTimeout(() => source?.close(), 60000);
}

// Files ---------------------------------------------------------------------------------------

async function sendFile(form, file) {
  const headers = { "content-type": "text/csv" };
  let response;
  try {
    response = await fetch(form.getAttribute("action"), { method: "POST", headers, body: file });
  } catch {
    return toast("The server did not answer, so nothing is known to be imported. Please try again.");
  }
  if (!response.ok) return explain(response);
  byId("main").replaceWith(parsed(await response.text()).getElementById("main"));
  begin();
  byId("result")?.focus();
}

function drops() {
  for (const area of document.querySelectorAll("[data-drop]")) {
    area.hidden = false;
    const input = area.querySelector("input");
    area.addEventListener("dragover", (event) => event.preventDefault());
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      input.files = event.dataTransfer.files;
    });
  }
}

// Beginning -----------------------------------------------------------------------------------

function begin() {
  localTimes(document);
  drops();
}

begin();
for (const dialog of forms?.querySelectorAll("dialog") ?? []) showSheet(dialog);
if (list) {
  toBottom();
  for (const event of ["wheel", "touchmove", "pointerdown"]) scroll.addEventListener(event, letGo, { passive: true });
  scroll.addEventListener("keydown", (event) => /^(Page|Arrow|Home|End)/.test(event.key) && letGo());
  scroll.addEventListener("scroll", hint, { passive: true });
  byId("news")?.addEventListener("click", () => {
    letGo();
    showTop(missed);
    scroll.focus();
  });
  const text = byId("text");
  text?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (text.value.trim()) text.form.requestSubmit();
  });
  addEventListener("beforeunload", (event) => {
    if (outbox.length > 1 || byId("outbox").querySelector(".failed")) event.preventDefault();
  });
  const asked = location.hash === "#text";
  if ((asked || matchMedia("(min-width: 760px)").matches) && !document.querySelector("dialog[open]")) text?.focus();
  if (list.dataset.live) {
    document.addEventListener("visibilitychange", watchOver);
    addEventListener("pagehide", () => source?.close());
    addEventListener("pageshow", (event) => event.persisted && watchOver());
    watchOver();
  }
}
