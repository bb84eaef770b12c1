import { Registry } from 'prom-client';
import { listenErrorFor } from './listen-error.ts';
import { programRoutes } from './program-routes.ts';

it('answers health, readiness and metrics', async () => {
  let reason: string | undefined = 'waiting for Nodes';
  const registry = new Registry();
  const routes = programRoutes({ notReady: () => reason, registry });
  expect(await routes['/healthz']()).toMatchObject({ status: 200, body: 'ok\n' });
  expect(await routes['/readyz']()).toMatchObject({ status: 503, body: 'waiting for Nodes\n' });
  reason = undefined;
  expect(await routes['/readyz']()).toMatchObject({ status: 200, body: 'ok\n' });
  expect(await routes['/metrics']()).toMatchObject({
    status: 200,
    contentType: registry.contentType,
  });
});

describe('listenErrorFor', () => {
  it.each([new Error('no'), { syscall: 'connect', code: 'EACCES' }, undefined])(
    'does not explain %s, which is not an error of listen',
    (error) => {
      expect(listenErrorFor(error ?? {}, '--port')).toBeUndefined();
    },
  );
});
