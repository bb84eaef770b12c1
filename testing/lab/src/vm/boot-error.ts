/** The guest did not come up, or ended by itself; the message holds the tail of its console. */
export class BootError extends Error {
  override readonly name = 'BootError';
  readonly code = 'GUEST_FAILED';

  /**
   * @param console the tail of the guest's console
   * @param messages what QEMU itself wrote
   */
  constructor(problem: string, console: string, messages: string) {
    const section = (title: string, text: string): string =>
      text === '' ? '' : `\n--- ${title} ---\n${text}`;
    super(`${problem}${section('QEMU', messages)}${section("the guest's console", console)}`);
  }
}
