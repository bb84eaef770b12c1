import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, parseConfig, renderOptions } from '@sallyport/config';
import { controllerOptions, ENV_PREFIX } from './config.ts';

describe('the configuration of the controller', () => {
  it('has a default for everything', () => {
    expect(parse([])).toEqual({
      listenAddress: '0.0.0.0',
      listenPort: 10349,
      kubeconfig: '',
      serviceCidrs: [],
      podCidrs: [],
      reportGrace: 15_000,
      bookmarkInterval: 5000,
      logLevel: 'info',
      logFormat: 'json',
    });
  });

  it('takes CIDRs from flags and the environment, and reports all faults', () => {
    expect(
      parse(['--service-cidrs=10.96.0.0/16,fd00:10:96::/112'], {
        SALLYPORT_POD_CIDRS: '10.244.0.0/16',
      }),
    ).toMatchObject({
      serviceCidrs: ['10.96.0.0/16', 'fd00:10:96::/112'],
      podCidrs: ['10.244.0.0/16'],
    });
    expect(() => parse(['--service-cidrs=10.96.0.0', '--listen-port=0x1'])).toThrow(ConfigError);
  });

  it.each(['0.0.0.0/0', '10.96.0.0/0', '::/0', '10.96.0.0/16,::/0'])(
    'refuses %s, since all traffic would be cluster-internal',
    (cidrs) => {
      expect(() => parse([`--service-cidrs=${cidrs}`])).toThrow('not /0');
      expect(() => parse([`--pod-cidrs=${cidrs}`])).toThrow('not /0');
    },
  );

  it('is in docs/configuration.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
    expect(page).toContain(renderOptions(controllerOptions, ENV_PREFIX));
  });
});

function parse(argv: readonly string[], env = {}): unknown {
  return parseConfig(controllerOptions, { argv, env, envPrefix: ENV_PREFIX });
}
