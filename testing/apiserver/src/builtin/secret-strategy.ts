import type { JsonObject } from '../model/json.ts';
import { isObject, textOf } from '../model/json.ts';
import type { Strategy } from '../model/resource.ts';

/** Secrets: `stringData` is written into `data`. */
export const SECRET_STRATEGY: Strategy = {
  setDefaults(secret) {
    secret.type ??= 'Opaque';
    const plain = secret.stringData;
    if (!isObject(plain)) {
      return;
    }
    const encoded: JsonObject = isObject(secret.data) ? { ...secret.data } : {};
    for (const [key, text] of Object.entries(plain)) {
      encoded[key] = Buffer.from(textOf(text)).toString('base64');
    }
    secret.data = encoded;
    delete secret.stringData;
  },
};
