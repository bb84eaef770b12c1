/** A command could not be started, did not exit with 0, or exceeded its time limit. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code = 'COMMAND_FAILED';
  readonly argv: readonly string[];
  /** Null when a signal ended the command, or when it never started. */
  readonly exitStatus: number | null;
  readonly stderr: string;

  /** @param reason the end of the command, for example `exit status 1`. */
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
