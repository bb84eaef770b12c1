/**
 * What the lab needs from the host is not there, or could not be downloaded; the message says what
 * to do.
 */
export class LabSetupError extends Error {
  override readonly name = 'LabSetupError';
  readonly code = 'LAB_SETUP_FAILED';

  constructor(message: string, cause?: unknown) {
    super(cause instanceof Error ? `${message}: ${cause.message}` : message, { cause });
  }
}
