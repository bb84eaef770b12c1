import { fakeClock } from './fake-clock.ts';

describe('fakeClock', () => {
  it('makes the due calls in the order of time, also those that a call adds', async () => {
    const clock = fakeClock();
    const calls: string[] = [];
    clock.after(20, () => calls.push(`second at ${clock.nowMs()}`));
    clock.after(10, () => {
      calls.push(`first at ${clock.nowMs()}`);
      clock.after(5, () => calls.push(`added at ${clock.nowMs()}`));
    });
    await clock.pass(19);
    expect(calls).toEqual(['first at 10', 'added at 15']);
    await clock.pass(1);
    expect(calls).toEqual(['first at 10', 'added at 15', 'second at 20']);
  });

  it('does not make a cancelled call', async () => {
    const clock = fakeClock();
    let called = false;
    const cancel = clock.after(1, () => (called = true));
    cancel();
    await clock.pass(10);
    expect(called).toBe(false);
  });
});
