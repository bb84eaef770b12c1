import { durationMs, flag, integer, listOf, oneOf, text } from './options.ts';
import { ConfigError, parseConfig } from './parse-config.ts';
import { renderOptions } from './render-options.ts';

const table = {
  nodeName: { type: text, description: 'The name of the Node.' },
  port: { type: integer(1, 65_535), description: 'The port to listen on.', default: 10_350 },
  resyncInterval: { type: durationMs(100, 600_000), description: 'How often.', default: 10_000 },
  serviceCidrs: { type: listOf(text), description: 'Services.', default: [] as readonly string[] },
  dryRun: { type: flag, description: 'Print only.', default: false },
  logLevel: {
    type: oneOf('info', 'debug'),
    description: 'How much to log.',
    default: 'info' as const,
  },
};

describe('parseConfig', () => {
  it('takes flags before the environment before defaults, and freezes the result', () => {
    const config = parse(['--node-name', 'n1', '--port=99', '--dry-run'], {
      SALLYPORT_PORT: '1',
      SALLYPORT_RESYNC_INTERVAL: '250ms',
      SALLYPORT_SERVICE_CIDRS: '10.96.0.0/16, 10.97.0.0/16',
    });
    expect(config).toEqual({
      nodeName: 'n1',
      port: 99,
      resyncInterval: 250,
      serviceCidrs: ['10.96.0.0/16', '10.97.0.0/16'],
      dryRun: true,
      logLevel: 'info',
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reports every fault at once, each with its value and the remedy', () => {
    let error: unknown;
    try {
      parse(['--port=0', '--resync-interval=soon', '--log-level', 'loud', '--nodename=n1'], {
        SALLYPORT_DRY_RUN: 'maybe',
      });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).faults).toEqual([
      '--nodename=n1: unknown argument; the nearest flag is --node-name, and --help lists all',
      '--node-name is missing: give the flag or set SALLYPORT_NODE_NAME (The name of the Node.)',
      '--port: "0" is not a whole number from 1 to 65535',
      '--resync-interval: "soon" is not a duration in ms, s or m, from 100ms to 10m',
      'SALLYPORT_DRY_RUN: "maybe" is not true or false',
      '--log-level: "loud" is not one of info, debug',
    ]);
  });

  it.each([
    ['the last argument', ['--node-name']],
    ['before another flag', ['--node-name', '--dry-run']],
  ])('names a flag without its value: %s', (_, argv) => {
    expect(() => parse(argv)).toThrow(
      new Error('--node-name: the value is missing; give a text that is not empty'),
    );
  });

  it.each([
    [['--dry-run'], true],
    [['--dry-run', '--port=1'], true],
    [['--dry-run', 'false'], false],
    [['--dry-run=false'], false],
  ])('takes a flag of true or false without a value too: %j', (argv, expected) => {
    expect(parse(['--node-name=n1', ...argv]).dryRun).toBe(expected);
  });

  it.each([
    ['--pot=1', '--pot=1: unknown argument; the nearest flag is --port, and --help lists all'],
    ['--verbose', '--verbose: unknown argument; --help lists all flags'],
    ['n1', 'n1: unknown argument; --help lists all flags'],
    ['-p', '-p: unknown argument; --help lists all flags'],
  ])('refuses the unknown argument %s', (argument, message) => {
    expect(() => parse(['--node-name=n1', argument])).toThrow(new Error(message));
  });

  it.each(['--prt=http://me:my-token@h', '--port=me:my-token@h', '--port=http://a:my-token/@h'])(
    'does not repeat the credentials in %s',
    (argument) => {
      expect(() => parse(['--node-name=n1', argument])).toThrow(/…@h/);
      expect(() => parse(['--node-name=n1', argument])).not.toThrow(/my-token/);
    },
  );

  it('documents the options from the same table, with defaults as the flags take them', () => {
    const { nodeName, resyncInterval, serviceCidrs } = table;
    expect(renderOptions({ nodeName, resyncInterval, serviceCidrs }, 'SALLYPORT')).toBe(
      [
        '| flag                | environment variable        | value                                                 | default  | meaning               |',
        '| ------------------- | --------------------------- | ----------------------------------------------------- | -------- | --------------------- |',
        '| `--node-name`       | `SALLYPORT_NODE_NAME`       | a text that is not empty                              | required | The name of the Node. |',
        '| `--resync-interval` | `SALLYPORT_RESYNC_INTERVAL` | a duration in ms, s or m, from 100ms to 10m           | `10s`    | How often.            |',
        '| `--service-cidrs`   | `SALLYPORT_SERVICE_CIDRS`   | a comma-separated list, each a text that is not empty |          | Services.             |',
        '',
      ].join('\n'),
    );
  });
});

describe('durationMs', () => {
  const upTo5m = durationMs(0, 300_000);

  it.each([
    [0, '0ms'],
    [250, '250ms'],
    [1500, '1500ms'],
    [90_000, '90s'],
    [300_000, '5m'],
  ])('prints %d ms as %s, and reads it back', (value, printed) => {
    expect(upTo5m.print?.(value)).toBe(printed);
    expect(upTo5m.parse(printed)).toBe(value);
  });

  it.each(['0s', '999ms', '10001ms', '1m', '5', '5h', '-5s', '1.5s', ''])(
    'from 1s to 10s does not take "%s"',
    (value) => {
      expect(durationMs(1000, 10_000).parse(value)).toBeUndefined();
    },
  );
});

function parse(
  argv: readonly string[],
  env: Record<string, string> = {},
): ReturnType<typeof parseConfig<typeof table>> {
  return parseConfig(table, { argv, env, envPrefix: 'SALLYPORT' });
}
