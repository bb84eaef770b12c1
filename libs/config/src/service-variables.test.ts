import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SERVICES = ['sallyport', 'sallyport-controller', 'sallyport-agent'];

/**
 * The variables that Kubernetes gives to every container for a Service of its Namespace
 * (pkg/kubelet/envvars): `<SERVICE>_PORT` is `tcp://10.96.0.7:80`.
 */
const OF_A_SERVICE = new RegExp(
  `^(${SERVICES.map((name) => name.toUpperCase().replaceAll('-', '_')).join('|')})_` +
    '(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?)?)$',
);

// Tests of the programs hold this page to their options.
const page = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');

it('has no option with a variable that Kubernetes sets for a Service of that name', () => {
  const variables = [...page.matchAll(/`(SALLYPORT_\w+)`/g)].map(([, variable = '']) => variable);
  expect(variables).toContain('SALLYPORT_LISTEN_ADDRESS');
  expect(variables).toContain('SALLYPORT_AGENT_HEALTH_PORT');
  expect(variables.filter((variable) => OF_A_SERVICE.test(variable))).toEqual([]);
});
