// The console works without this file; with it, pages stay where they are and follow what happens.

const byId = (id) => document.getElementById(id);
const list = byId("messages");
const scroll = byId("scroll");
const forms = byId("forms");
const composer = byId("composer");

// Posting -------------------------------------------------------------------------------------

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

// Said where it is seen: in the sheet that is open, which covers all else, or in a corner for a while.
// What leaves a choice stays.
let toastTimer;
function tell(text, choices = []) {
  const box = openSheet()?.querySelector(".notice") ?? byId("toast");
  if (!box) return;
  box.textContent = text;
  for (const [label, act] of choices) box.append(" ", choice(label, act));
  box.hidden = false;
  clearTimeout(toastTimer);
  if (box.id === "toast" && choices.length === 0) toastTimer = setTimeout(() => (box.hidden = true), 12000);
}

function choice(label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = label;
  button.onclick = act;
  return button;
}

function hideNotice(dialog) {
  dialog.querySelector(".notice").hidden = true;
}

// A browser lets at most this much go on after its page is left, in bytes.
const OUTLIVES = 60000;

// Each request says whose page it is of, and in which tab.
const ours = () => ({ "x-attache-person": person, "x-attache-tab": tab });

async function post(action, fields) {
  const headers = { ...ours(), "x-attache-quick": "1", "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(fields).toString();
  try {
    return await fetch(action, { method: "POST", headers, body, keepalive: body.length < OUTLIVES });
  } catch {
    tell("The server did not answer, so nothing is known to be done. What you wrote is kept; please try again.");
    return null;
  }
}

async function explain(response) {
  const words = await noticeOf(response);
  if (response.status === 401) tell(words, [["Sign in", signIn]]);
  else if (response.status === 409) tell(words, [["Load again", () => location.reload()], ["Sign in", signIn]]);
  else tell(words);
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
let failed = [];
let cameBack;
let sending = false;

// Until the server took it, all of it is kept.
const SAID = `say ${location.pathname}`;
function keepSaid() {
  const words = byId("text").value;
  const plain = ({ words, key }) => ({ words, key });
  const draft = { words, cameBack, outbox: outbox.map(plain), failed: failed.map(plain) };
  if (unsent() || outbox.length > 0) keep(SAID, draft);
  else forget(SAID);
}

// What was on its way when the page was left a moment ago is sent with its old key, so that it is heard
// once; later its person decides.
const SENT_ALONE_MS = 10 * 60 * 1000;
function restoreSaid(draft) {
  const field = byId("text");
  if (!field.value) field.value = draft.words;
  cameBack = draft.cameBack;
  if (Date.now() - draft.at < SENT_ALONE_MS) draft.outbox.forEach(queue);
  else showFailed(draft.outbox);
  showFailed(draft.failed);
  keepSaid();
}

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
  keepSaid();
  if (!sending) sendAll();
}

// A page that is left breaks off what it sends. Where it stays after all, sending goes on.
const LEAVES = 3000;
let leaving = false;
addEventListener("beforeunload", () => {
  leaving = true;
  setTimeout(() => {
    leaving = false;
    if (outbox.length > 0 && !sending) sendAll();
  }, LEAVES);
});

async function sendAll() {
  sending = true;
  while (outbox.length > 0) {
    const item = outbox[0];
    did({});
    const response = await post(composer.getAttribute("action"), { text: item.words, key: item.key });
    if (!response && leaving) break; // it stays on its way, for the next page
    outbox.shift();
    hideWaiting(item);
    if (!response) giveBack([item, ...outbox.splice(0)]);
    else if (!response.ok) {
      giveBack([item]);
      await explain(response);
    }
    keepSaid();
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
  } else showFailed(items);
}

function showFailed(items) {
  for (const item of items) {
    hideWaiting(item);
    failed.push(item);
    showWaiting(item, "Not sent.");
    const taken = (act) => () => {
      failed = failed.filter((one) => one !== item);
      hideWaiting(item);
      act();
      keepSaid();
      byId("text").focus();
    };
    const again = choice("Send again", taken(() => queue(item)));
    item.line.querySelector(".state").append(" ", again, " ", choice("Put back", taken(() => putBack(item))));
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

const unsent = () => failed.length > 0 || Boolean(byId("text")?.value.trim());

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
  if (!fresh.classList.contains("bot") || outbox.length > 0 || unsent() || openSheet()) return false;
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

// The message as it stands here. One that moved to the end, since it was asked for again, is new.
function stillThere(fresh) {
  const old = byId(fresh.id);
  if (!old || old.dataset.born === fresh.dataset.born) return old;
  const focused = old.contains(document.activeElement);
  old.remove();
  if (focused) byId("text")?.focus();
  return null;
}

function showMessage(html) {
  const fresh = fragment(html);
  localTimes(fresh);
  arrived(fresh.querySelector(".words")?.textContent);
  const stick = nearBottom();
  const old = stillThere(fresh);
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

let shownNav;
function showNav(html) {
  const nav = byId("nav");
  const active = nav.contains(document.activeElement) ? document.activeElement : null;
  if (html === shownNav || active?.matches("input, summary, button")) return;
  shownNav = html;
  const [open, named] = [nav.querySelector("details")?.open, byId("channel-name")?.value];
  nav.innerHTML = html;
  if (open) nav.querySelector("details").open = true;
  if (named) byId("channel-name").value = named;
  if (active) nav.querySelector(`a[href="${CSS.escape(active.getAttribute("href"))}"]`)?.focus();
}

let source;
let after = list?.dataset.after;

function liveAddress() {
  const { channel, thread, welcome } = list.dataset;
  return `/live?${new URLSearchParams({ channel, thread, welcome, after, as: person, tab })}`;
}

function listen() {
  if (source && source.readyState !== EventSource.CLOSED) return;
  const stream = new EventSource(liveAddress());
  source = stream;
  const on = (name, show) =>
    stream.addEventListener(name, (event) => {
      if (event.lastEventId) after = event.lastEventId;
      show(event.data);
    });
  on("message", showMessage);
  on("form", showForm);
  on("nav", showNav);
  on("settled", () => byId("welcome")?.remove());
  stream.onopen = () => document.body.classList.remove("offline");
  stream.onerror = () => {
    document.body.classList.add("offline");
    if (stream === source && stream.readyState === EventSource.CLOSED) askWhy();
  };
}

function listenAnew() {
  source?.close();
  if (list?.dataset.live) watchOver();
}

// A refused stream does not say why; a plain request does. Signed out, or of somebody else, this page
// waits for its reader; otherwise it tries again.
async function askWhy() {
  if (!list) return;
  const asking = new AbortController();
  try {
    const response = await fetch(liveAddress(), { signal: asking.signal });
    if (response.status === 401 || response.status === 409) {
      source?.close();
      document.body.classList.remove("offline");
      return await explain(response);
    }
  } catch {
    // Nobody answers yet.
  } finally {
    asking.abort();
  }
  setTimeout(listen, 4000);
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
  const headers = { ...ours(), "content-type": "text/csv" };
  let response;
  try {
    const decimal = form.elements.decimal?.value ?? "";
    const to = `${form.getAttribute("action")}?decimal=${decimal}`;
    response = await fetch(to, { method: "POST", headers, body: file });
  } catch {
    return tell("The server did not answer, so nothing is known to be imported. Please try again.");
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

// Pasted text, too, is kept until it was taken.
function keepPasted() {
  const [, kind] = location.pathname.match(/^\/imports\/(\w+)$/) ?? [];
  if (kind && document.querySelector("#result:not(.refused)")) forget(`csv ${kind}`);
  for (const area of document.querySelectorAll("textarea[name=csv]")) {
    const name = `csv ${area.id.slice("csv-".length)}`;
    const draft = kept(name);
    if (draft && !area.value) area.value = draft.words;
    if (area.value) area.closest("details").open = true;
    area.oninput = () => (area.value ? keep(name, { words: area.value }) : forget(name));
  }
}

// Beginning -----------------------------------------------------------------------------------

function begin() {
  localTimes(document);
  drops();
  keepPasted();
}

// What a tab that is gone left here: its words come into an empty field, its form is offered.
function inherit() {
  knowsTabs = true;
  showAside();
  if (!byId("text") || unsent() || kept(SAID)) return;
  const left = drafts().find((draft) => draft.name === SAID && lost(draft));
  if (!left) return;
  adopt(left);
  restoreSaid(left);
}

goBack();
begin();
if (person) callTabs();
for (const dialog of sheets()) addSheet(dialog);
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
  text?.addEventListener("input", keepSaid);
  text?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (text.value.trim()) text.form.requestSubmit();
  });
  const draft = text && kept(SAID);
  if (draft) restoreSaid(draft);
  setTimeout(inherit, ANSWERS_WITHIN);
  const asked = location.hash === "#text";
  if ((asked || matchMedia("(min-width: 760px)").matches) && !openSheet()) text?.focus();
  if (list.dataset.live) {
    document.addEventListener("visibilitychange", watchOver);
    addEventListener("pagehide", () => source?.close());
    addEventListener("pageshow", (event) => event.persisted && watchOver());
    watchOver();
  }
}
