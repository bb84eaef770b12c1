import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { destroyWhenQuiet } from './destroy-when-quiet.ts';

describe('destroyWhenQuiet', () => {
  it('reads the output that arrived while the event loop was busy', async () => {
    const child = spawn('sh', ['-c', 'sleep 0.1; echo late']);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    destroyWhenQuiet(child.stdout);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    await once(child, 'close');
    expect(output).toBe('late\n');
  });

  it('does not wait for a daemon that keeps the output open', async () => {
    const child = spawn('sh', ['-c', 'echo out; exec sleep 60']);
    destroyWhenQuiet(child.stdout);
    await once(child.stdout, 'close');
    child.kill();
    await once(child, 'close');
  });
});
