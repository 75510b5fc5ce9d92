// What lies on the device, in IndexedDB: `kits` (encrypted, one a ward), `queue` (sealed checks, in the order in which
// they were made), `notes` (whose the kits are, and their key under a PIN). It survives a killed browser.

const STORES = { kits: { keyPath: "ward" }, queue: { keyPath: "id", autoIncrement: true }, notes: { keyPath: "name" } };

let opening = null;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("spinewatch", 1);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) request.result.createObjectStore(name, options);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

// One transaction on one store; what `act` asked for once it is on the disk.
async function within(name, mode, act) {
  const transaction = (await database()).transaction(name, mode, { durability: "strict" });
  const request = act(transaction.objectStore(name));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export const all = (name) => within(name, "readonly", (store) => store.getAll());
export const get = (name, key) => within(name, "readonly", (store) => store.get(key));
export const put = (name, value) => within(name, "readwrite", (store) => store.put(value));
export const remove = (name, key) => within(name, "readwrite", (store) => store.delete(key));
export const clear = (name) => within(name, "readwrite", (store) => store.clear());
