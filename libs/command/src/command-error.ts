/** A command that could not be started, did not exit with 0, or ran into its time limit. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code = 'COMMAND_FAILED';
  readonly argv: readonly string[];
  /** The exit status; null when it was ended by a signal or never started. */
  readonly exitStatus: number | null;
  readonly stderr: string;

  /** @param reason how it ended, for example `exit status 1` or `no exit within 10000 ms`. */
  constructor(
    argv: readonly string[],
    reason: string,
    exitStatus: number | null,
    stderr: string,
    cause?: unknown,
  ) {
    const detail = stderr.trim();
    super(`${argv.join(' ')}: ${reason}${detail === '' ? '' : `: ${detail}`}`, { cause });
    this.argv = argv;
    this.exitStatus = exitStatus;
    this.stderr = stderr;
  }
}
