import { startApiServer } from './start-api-server.ts';

const port = Number(process.argv[2] ?? 0);
const server = await startApiServer({ env: process.env, log, listen: { port } });
process.stdout.write(`export KUBECONFIG=${server.kubeconfig}\n`);

process.once('SIGINT', stop);
process.once('SIGTERM', stop);

// Started by hand: `node dist/main.js [port]`, then `KUBECONFIG=<the printed path> kubectl get
// namespaces`.
function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

function stop(): void {
  void server.close().then(() => process.exit(0));
}
