/** The host lacks something, or a download failed; the message names the remedy. */
export class LabSetupError extends Error {
  override readonly name = 'LabSetupError';
  readonly code = 'LAB_SETUP_FAILED';

  constructor(message: string, cause?: unknown) {
    super(cause instanceof Error ? `${message}: ${cause.message}` : message, { cause });
  }
}
