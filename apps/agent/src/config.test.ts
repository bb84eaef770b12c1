import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flagOf, parseConfig, renderOptions } from '@sallyport/config';
import { defaultMarks, markFaults } from '@sallyport/dataplane';
import type { AgentConfig } from './config.ts';
import { agentOptions, ENV_PREFIX, marksOf } from './config.ts';

const REQUIRED = ['--node-name=n1', '--controller-url=http://10.0.0.5:10349'];

describe('the configuration of the agent', () => {
  it('requires the Node name and the controller URL, and has the default marks of the planner', () => {
    expect(marksOf(parse(...REQUIRED))).toEqual(defaultMarks);
    expect(() => parse()).toThrow(/--node-name is missing[^]*--controller-url is missing/);
  });

  it('names the flags of wrong marks', () => {
    const flags = Object.keys(agentOptions).map(flagOf);
    const none = { snatIdMask: 0, redirect: 0, return: 0, drop: 0, connmarkBack: 0 };
    const named = markFaults(none).map((fault) => /^(\S+) 0x0: choose/.exec(fault)?.[1]);
    expect(named).toEqual(flags.filter((name) => name.includes('mark')));
  });

  it('reads marks as hexadecimal bits', () => {
    expect(marksOf(parse(...REQUIRED, '--mark-redirect=0x100000')).redirect).toBe(0x100000);
    expect(() => parse(...REQUIRED, '--mark-drop=1024')).toThrow(
      '--mark-drop: "1024" is not hexadecimal bits',
    );
  });

  it('has the port of Geneve as the default tunnel port, and accepts any other valid port', () => {
    expect(parse(...REQUIRED).tunnelPort).toBe(6081);
    expect(parse(...REQUIRED, '--tunnel-port=6082').tunnelPort).toBe(6082);
    for (const wrong of ['0', '65536', 'geneve', '6081.5']) {
      expect(() => parse(...REQUIRED, `--tunnel-port=${wrong}`)).toThrow(
        `--tunnel-port: "${wrong}" is not a whole number from 1 to 65535`,
      );
    }
  });

  it.each(['10.0.0.5:10349', 'ftp://controller', 'http://'])(
    'refuses %s as a controller URL',
    (url) => {
      expect(() => parse('--node-name=n1', `--controller-url=${url}`)).toThrow(
        'is not a URL that begins with http://',
      );
    },
  );

  it.each([
    'http://me:my-token@10.0.0.5',
    'http://10.0.0.5/api',
    'https://10.0.0.5:1?a',
    'http://h#x',
  ])('refuses a controller URL with credentials or a path: %s', (url) => {
    const message = messageOf(() => parse('--node-name=n1', `--controller-url=${url}`));
    expect(message).toContain('without credentials, path or query');
    expect(message).not.toContain('my-token');
  });

  it('takes a slash after host and port of the controller URL', () => {
    const url = 'https://controller:10349/';
    expect(parse('--node-name=n1', `--controller-url=${url}`).controllerUrl).toBe(url);
  });

  it('is in docs/configuration.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
    expect(page).toContain(renderOptions(agentOptions, ENV_PREFIX));
  });
});

function parse(...argv: readonly string[]): AgentConfig {
  return parseConfig(agentOptions, { argv, env: {}, envPrefix: 'SALLYPORT_AGENT' });
}

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
}
