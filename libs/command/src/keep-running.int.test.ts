import { waitFor } from '@sallyport/kit';
import { systemClock } from '@sallyport/reconcile';
import { keepRunning } from './keep-running.ts';

it('starts a program again when it ends, until it is closed', async () => {
  const lines: string[] = [];
  let ends = 0;
  const program = keepRunning(['sh', '-c', 'echo $$'], {
    onLine: (line) => lines.push(line),
    onEnd: () => {
      ends += 1;
    },
    clock: systemClock,
    restartMs: 1,
  });
  await waitFor('two starts', () => ends >= 2 && lines.length >= 2);
  await program.close();
  expect(new Set(lines).size).toBe(lines.length);
});

it('says that a program cannot be started, and ends one that would run for ever', async () => {
  const missing = await new Promise<string>((resolve) => {
    const program = keepRunning(['/no/such/program'], {
      onLine: () => undefined,
      onEnd: () => {
        void program.close().then(() => {
          resolve('ended');
        });
      },
      clock: systemClock,
      restartMs: 60_000,
    });
  });
  expect(missing).toBe('ended');
  const lines: string[] = [];
  const endless = keepRunning(['sh', '-c', 'echo $$; exec sleep 600'], {
    onLine: (line) => lines.push(line),
    onEnd: () => undefined,
    clock: systemClock,
    restartMs: 60_000,
  });
  await waitFor('the process id', () => lines.length > 0);
  await endless.close();
  expect(() => process.kill(Number(lines[0]), 0)).toThrow('ESRCH');
});
