import { CommandError } from './command-error.ts';
import { runCommand } from './run-command.ts';

describe('runCommand', () => {
  it('returns the output of the command', async () => {
    await expect(
      runCommand(['sh', '-c', 'cat; echo problem >&2'], { stdin: 'text' }),
    ).resolves.toEqual({
      stdout: 'text',
      stderr: 'problem\n',
    });
  });

  it('names the command, its exit status and its standard error', async () => {
    const error = await failureOf(['sh', '-c', 'echo no such set >&2; exit 3']);
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({
      code: 'COMMAND_FAILED',
      exitStatus: 3,
      stderr: 'no such set\n',
      message: 'sh -c echo no such set >&2; exit 3: exit status 3: no such set',
    });
  });

  it('kills a command that exceeds its time limit', async () => {
    expect(await failureOf(['sleep', '60'], 50)).toMatchObject({
      message: 'sleep 60: killed, or no exit within 50 ms',
    });
  });

  it('kills the children of the command, too', async () => {
    expect(await failureOf(['sh', '-c', 'sleep 60 | cat'], 50)).toMatchObject({ exitStatus: null });
  });

  it('reports a program that does not exist', async () => {
    expect(await failureOf(['/no/such/program'])).toMatchObject({
      code: 'COMMAND_FAILED',
      exitStatus: null,
      message: '/no/such/program: could not be started: spawn /no/such/program ENOENT',
    });
  });

  it('survives a command that does not read its input', async () => {
    await expect(runCommand(['true'], { stdin: 'x'.repeat(1 << 20) })).resolves.toEqual({
      stdout: '',
      stderr: '',
    });
  });
});

function failureOf(argv: readonly string[], timeoutMs?: number): Promise<unknown> {
  return runCommand(argv, timeoutMs === undefined ? {} : { timeoutMs }).then(
    () => undefined,
    (error: unknown) => error,
  );
}
