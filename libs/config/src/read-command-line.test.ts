import { integer, text } from './options.ts';
import type { CommandLine } from './read-command-line.ts';
import { readCommandLine } from './read-command-line.ts';

const table = {
  nodeName: { type: text, description: 'The name of the Node.' },
  port: { type: integer(1, 65_535), description: 'The port to listen on.', default: 10_350 },
  kubeconfig: { type: text, description: 'The kubeconfig file.', default: '' },
};

describe('readCommandLine', () => {
  it('returns the configuration', () => {
    expect(read('--node-name=n1')).toEqual({
      kind: 'run',
      config: { nodeName: 'n1', port: 10_350, kubeconfig: '' },
    });
  });

  it.each([
    [
      'the fault of one option',
      ['--port=0', '--node-name=n1'],
      '--port: "0" is not a whole number from 1 to 65535\n',
    ],
    [
      'the faults of all of them together',
      ['--port=22', '--node-name=n1'],
      '--port: 22 is taken\nby sshd\n',
    ],
  ])('ends with status 2 and prints %s', (_, argv, message) => {
    expect(read(...argv)).toEqual({ kind: 'end', exitStatus: 2, text: message });
  });

  it.each(['--help', '-h'])(
    'answers %s with status 0 and the options, even if other options are wrong or missing',
    (help) => {
      expect(read('--port=0', help)).toEqual({
        kind: 'end',
        exitStatus: 0,
        text: [
          'Options, each a flag or an environment variable; the flag wins.',
          '',
          '--node-name (SALLYPORT_NODE_NAME): a text that is not empty; required',
          '    The name of the Node.',
          '',
          '--port (SALLYPORT_PORT): a whole number from 1 to 65535; default 10350',
          '    The port to listen on.',
          '',
          '--kubeconfig (SALLYPORT_KUBECONFIG): a text that is not empty',
          '    The kubeconfig file.',
          '',
          '-h, --help',
          '    Print this text and exit.',
          '',
          '--version',
          '    Print the version and exit.',
          '',
        ].join('\n'),
      });
    },
  );

  it('answers --version with status 0', () => {
    expect(read('--port=0', '--version')).toEqual({
      kind: 'end',
      exitStatus: 0,
      text: 'program 1.2.3\n',
    });
  });
});

function read(...argv: readonly string[]): CommandLine<{ readonly port: number }> {
  return readCommandLine(
    table,
    { argv, env: {}, envPrefix: 'SALLYPORT', version: 'program 1.2.3' },
    ({ port }) => (port === 22 ? ['--port: 22 is taken', 'by sshd'] : []),
  );
}
