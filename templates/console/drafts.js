// What was typed and not taken yet: kept in this browser, for one person and one tab, until the server
// took it. Nothing of it is shown to anybody else.

const freshKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

// Where a browser keeps nothing, the page does, as long as it is there.
function storage(name) {
  try {
    window[name].setItem("attache", "");
    window[name].removeItem("attache");
    return window[name];
  } catch {
    return Object.create({
      getItem(key) {
        return this[key] ?? null;
      },
      setItem(key, value) {
        this[key] = value;
      },
      removeItem(key) {
        delete this[key];
      },
    });
  }
}
const shelf = storage("localStorage");
const pocket = storage("sessionStorage");

// Whom this page was made for.
const person = document.body.dataset.person ?? "";

// A tab has a name that outlives its pages: what it asks for comes to it alone.
const TAB = "attache-tab";
let tab = pocket.getItem(TAB);
if (!tab) nameTab();

function nameTab() {
  tab = freshKey();
  pocket.setItem(TAB, tab);
}

// Drafts ----------------------------------------------------------------------------------------

const DRAFT = "attache-draft";
const KEPT_MS = 14 * 24 * 60 * 60 * 1000;

const draftKey = (name, of = tab) => [DRAFT, person, of, name].join(" ");

function keep(name, draft) {
  try {
    shelf.setItem(draftKey(name), JSON.stringify({ ...draft, at: Date.now() }));
  } catch {
    // The shelf is full. The field still has what was typed.
  }
}

function kept(name) {
  return drafts().find((draft) => draft.name === name && draft.tab === tab);
}

function forget(name, of = tab) {
  shelf.removeItem(draftKey(name, of));
}

// This person's drafts, the newest first. Old ones go.
function drafts() {
  const found = [];
  for (const key of Object.keys(shelf)) {
    const [kind, whose, of, ...name] = key.split(" ");
    if (kind !== DRAFT) continue;
    const draft = readDraft(key);
    if (!draft || Date.now() - draft.at > KEPT_MS) shelf.removeItem(key);
    else if (whose === person) found.push({ ...draft, tab: of, name: name.join(" ") });
  }
  return found.sort((one, other) => other.at - one.at);
}

function readDraft(key) {
  try {
    return JSON.parse(shelf.getItem(key));
  } catch {
    return undefined;
  }
}

// A draft of a tab that is gone becomes one of this tab.
function adopt({ tab: of, name, ...draft }) {
  forget(name, of);
  keep(name, draft);
}

// Tabs --------------------------------------------------------------------------------------------
// Each page asks which tabs are there. A copied tab finds its name taken; a draft of a tab that does
// not answer may be gone on with here; and pages of another person learn that somebody else signed in.

const ANSWERS_WITHIN = 400;
const page = freshKey();
const living = new Set();
let calling;

function callTabs() {
  if (!window.BroadcastChannel) return;
  calling = new BroadcastChannel("attache-tabs");
  calling.onmessage = ({ data }) => {
    if (data.asks) calling.postMessage({ is: tab, page, to: data.asks });
    if (data.asks && data.of !== person) askWhy();
    if (data.to === page && data.is === tab) takenName();
    else if (data.to === page) living.add(data.is);
  };
  calling.postMessage({ asks: page, of: person });
}

function takenName() {
  nameTab();
  leaveForms();
  listenAnew();
}

addEventListener("pagehide", () => calling?.close());
addEventListener("pageshow", (event) => event.persisted && callTabs());

const lost = (draft) => draft.tab !== tab && !living.has(draft.tab);

// Signing in ------------------------------------------------------------------------------------

const BACK = "attache-back";

function signIn() {
  pocket.setItem(BACK, JSON.stringify({ person, path: location.pathname }));
  location.assign("/sign-in");
}

// Whoever had to sign in again goes on where they were.
function goBack() {
  const back = JSON.parse(pocket.getItem(BACK) ?? "null");
  if (!back || !person) return;
  pocket.removeItem(BACK);
  if (back.person === person && back.path !== location.pathname) location.replace(back.path);
}
