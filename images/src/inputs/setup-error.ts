/** The host lacks something, or a download failed; the message names the remedy. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  readonly code = 'SETUP_FAILED';

  constructor(message: string, cause?: unknown) {
    super(cause instanceof Error ? `${message}: ${cause.message}` : message, { cause });
  }
}
