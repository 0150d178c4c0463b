// Whose code the camera read, checked without the server: signature (Ed25519), time, revocations, cards by their hash.

const text = new TextEncoder();

function bytes(base64url) {
  const plain = base64url.replace(/-/g, "+").replace(/_/g, "/");
  const raw = atob(plain + "=".repeat((4 - (plain.length % 4)) % 4));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

async function signed(publicKey, signature, message) {
  try {
    const key = await crypto.subtle.importKey("raw", bytes(publicKey), { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  } catch (problem) {
    // This browser knows no Ed25519: reckon it ourselves.
    const noble = await import("/static/vendor/noble-ed25519.js");
    return noble.verifyAsync(signature, message, bytes(publicKey)).catch(() => false);
  }
}

async function hash(message) {
  const digest = await crypto.subtle.digest("SHA-256", text.encode(message));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** {state, no, code}: state is good, expired, revoked, forged, unknown (a card that is not ours to know) or other. */
export async function read(found, kit, now) {
  const code = found.trim().split("/").pop();
  if (code.startsWith("k1.")) return card(code, kit);
  if (!code.startsWith("v1.")) return { state: "other", code };
  const cut = code.lastIndexOf(".");
  const parts = code.slice(0, cut).split(".");
  let good = false;
  try {
    good = parts.length >= 3 && (await signed(kit.key, bytes(code.slice(cut + 1)), text.encode(code.slice(0, cut))));
  } catch (problem) {
    good = false;
  }
  if (!good) return { state: "forged", code };
  const no = parts[1], until = parseInt(parts[2], 16) * 1000;
  const issued = parts.length > 3 ? parseInt(parts[3], 16) * 1000 : 0;
  if (now > until) return { state: "expired", no, code };
  if (no in kit.revoked && issued < kit.revoked[no]) return { state: "revoked", no, code };
  return { state: "good", no, code };
}

async function card(code, kit) {
  const mark = await hash(code);
  if (kit.revoked_cards.includes(mark)) return { state: "revoked", code };
  return mark in kit.cards ? { state: "good", no: kit.cards[mark], code } : { state: "unknown", code };
}
