// What lies on the phone: the list and the token sealed behind a PIN, and the scans that are not uploaded yet.
// Scans hold numbers and times; they are not sealed, so that a forgotten PIN loses none of them.

const NAME = "hongyao-offline";
const ROUNDS = 310000;
export const MOST_WRONG = 5;

let opened = null;

function database() {
  if (!opened) {
    opened = new Promise((resolve, reject) => {
      const ask = indexedDB.open(NAME, 1);
      ask.onupgradeneeded = () => {
        ask.result.createObjectStore("kit");
        ask.result.createObjectStore("scans", { keyPath: "nonce" });
      };
      ask.onsuccess = () => resolve(ask.result);
      ask.onerror = () => reject(ask.error);
    });
  }
  return opened;
}

async function run(store, mode, act) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const deal = db.transaction(store, mode);
    const ask = act(deal.objectStore(store));
    // Only when the transaction is through does it lie on the phone.
    deal.oncomplete = () => resolve(ask ? ask.result : undefined);
    deal.onerror = deal.onabort = () => reject(deal.error);
  });
}

async function keyOf(pin, salt) {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, base, { name: "AES-GCM", length: 256 }, false,
    ["encrypt", "decrypt"]
  );
}

/** The kit as it lies there: open facts beside what is sealed; undefined if there is none. */
export const kit = () => run("kit", "readonly", (store) => store.get("kit"));

/** Seal `secret` (an object) behind the PIN, with `open` facts beside it. Answers the key. */
export async function seal(pin, secret, open) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const key = await keyOf(pin, salt);
  await reseal(key, salt, secret, open);
  return { key, salt };
}

/** The same under a key that is open already. */
export async function reseal(key, salt, secret, open) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(secret));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text);
  await run("kit", "readwrite", (store) => store.put(Object.assign({}, open, { salt, iv, sealed, wrong: 0 }), "kit"));
}

/** Open what is sealed; null for a wrong PIN. After five wrong ones the list is gone, the scans are not. */
export async function unseal(pin) {
  const held = await kit();
  const key = await keyOf(pin, held.salt);
  try {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: held.iv }, key, held.sealed);
    if (held.wrong) await note({ wrong: 0 });
    return { key, salt: held.salt, secret: JSON.parse(new TextDecoder().decode(text)) };
  } catch (problem) {
    const wrong = held.wrong + 1;
    if (wrong >= MOST_WRONG) await wipeKit();
    else await note({ wrong });
    return null;
  }
}

/** Change open facts of the kit. */
export async function note(facts) {
  const held = await kit();
  if (held) await run("kit", "readwrite", (store) => store.put(Object.assign(held, facts), "kit"));
}

export const wipeKit = () => run("kit", "readwrite", (store) => store.delete("kit"));

export const keep = (scan) => run("scans", "readwrite", (store) => store.put(scan));
export const scans = () => run("scans", "readonly", (store) => store.getAll());
export const wipeScans = () => run("scans", "readwrite", (store) => store.clear());

/** Ask the browser not to clear us away when the phone runs full. */
export const persist = () => (navigator.storage && navigator.storage.persist ? navigator.storage.persist() : null);
