// Seals a check to the server's public key: whoever holds the device later cannot open it. ECDH on P-256 with a key that
// is thrown away, HKDF-SHA256, AES-256-GCM; monitoring/offline/seal.py opens it and says how it is laid out.

import { bytesOf, joined, textOf, utf8 } from "./bytes.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const VERSION = Uint8Array.of(1);
const PURPOSE = utf8("spinewatch offline check 1");

export async function seal(serverKey, content) {
  const server = bytesOf(serverKey);
  const theirs = await crypto.subtle.importKey("raw", server, CURVE, false, []);
  const device = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", device.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, device.privateKey, 256);
  const key = await derived(shared, joined(PURPOSE, point, server));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = utf8(JSON.stringify(content));
  const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: VERSION }, key, plain);
  return textOf(joined(VERSION, point, iv, new Uint8Array(locked)));
}

async function derived(secret, info) {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const way = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(way, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}
