/** A promise that is settled from outside (Promise.withResolvers, which Node.js 20 lacks). */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** A promise to settle later. A rejection that nobody waits for is not reported as unhandled. */
export function deferred<T>(): Deferred<T> {
  let settle: Omit<Deferred<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => undefined);
  if (settle === undefined) {
    throw new Error('unreachable: a promise runs its executor at once');
  }
  return { promise, ...settle };
}
