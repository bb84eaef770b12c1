import { join } from 'node:path';
import { bundleProgram, workspaceRoot } from '@sallyport/kit';
import type { NodeAddresses } from '../network/address-plan.ts';
import { CONTROLLER, POD_NETWORK, SERVICE_NETWORK } from '../network/address-plan.ts';
import type { Guest } from '../vm/guest/guest.ts';
import { Component } from './component.ts';
import { ovsEnvironment } from './node-script.ts';
import type { ClusterLog } from './steps.ts';
import { timed } from './steps.ts';

/** Where the guest sees the workspace, read-only. */
export const GUEST_WORKSPACE = '/opt/sallyport';

/**
 * A limit for hangs: under emulation, four Node.js programs start at once. The end of one is
 * noticed at once.
 */
const READY_TIMEOUT_MS = 600_000;

/** The health endpoint of an agent, in its own namespace. */
const AGENT_HEALTH = { ip: '127.0.0.1', port: 10_350 } as const;

const CONTROLLER_URL = `http://${CONTROLLER.ip}:${String(CONTROLLER.port)}`;

/** The parts of a cluster that `Sallyport.install` needs. */
export interface InstallOptions {
  readonly guest: Guest;
  readonly log: ClusterLog;
  readonly nodes: readonly NodeAddresses[];
  /** `kubectl apply -f` of a file or folder of the host. */
  readonly apply: (path: string) => Promise<unknown>;
  /** Called before the components start, so that their logs can explain a failed start. */
  readonly onCreated: (sallyport: Sallyport) => Promise<void>;
}

/**
 * The product in the lab: the controller in its namespace and one agent on each Node. Each can be
 * ended and started.
 */
export class Sallyport {
  readonly controller: Component;
  readonly #agents: ReadonlyMap<string, Component>;
  readonly #guest: Guest;

  private constructor(guest: Guest, nodes: readonly NodeAddresses[]) {
    this.#guest = guest;
    this.controller = new Component(guest, {
      name: 'controller',
      argv: [
        ...['node', bundleOf('controller')],
        ...['--kubeconfig', GUEST_KUBECONFIG, '--listen-port', String(CONTROLLER.port)],
        ...['--pod-cidrs', POD_NETWORK, '--service-cidrs', SERVICE_NETWORK],
      ],
      netns: CONTROLLER.netns,
      env: {},
    });
    this.#agents = new Map(
      nodes.map(({ name }) => [
        name,
        new Component(guest, {
          name: `agent-${name}`,
          argv: [
            ...['node', bundleOf('agent'), '--node-name', name, '--controller-url', CONTROLLER_URL],
          ],
          netns: name,
          env: ovsEnvironment(name),
        }),
      ]),
    );
  }

  /** Bundles the apps, applies the CRDs, starts everything and waits until it is ready. */
  static async install({
    guest,
    log,
    nodes,
    apply,
    onCreated,
  }: InstallOptions): Promise<Sallyport> {
    await timed(log, 'bundles and CRDs', () =>
      Promise.all([
        bundle('controller'),
        bundle('agent'),
        apply(join(workspaceRoot(), 'libs/api/crds')),
      ]),
    );
    const sallyport = new Sallyport(guest, nodes);
    await onCreated(sallyport);
    await timed(log, 'controller and agents', async () => {
      await Promise.all(sallyport.components.map((component) => component.start()));
      await sallyport.untilReady();
    });
    return sallyport;
  }

  /** Controller and agents. */
  get components(): readonly Component[] {
    return [this.controller, ...this.#agents.values()];
  }

  /** The agent of a Node. Throws when there is no such Node. */
  agent(node: string): Component {
    const agent = this.#agents.get(node);
    if (agent === undefined) {
      throw new Error(`no agent on "${node}": there are ${[...this.#agents.keys()].join(', ')}`);
    }
    return agent;
  }

  /** Waits until every running component reports that it is ready. Throws when one of them ends. */
  async untilReady(): Promise<void> {
    await Promise.all([
      this.#untilReady(this.controller, CONTROLLER.netns, CONTROLLER),
      ...[...this.#agents].map(([node, agent]) => this.#untilReady(agent, node, AGENT_HEALTH)),
    ]);
  }

  /** Ends everything at once. */
  async close(): Promise<void> {
    await Promise.all(this.components.map((component) => component.kill()));
  }

  async #untilReady(
    component: Component,
    netns: string,
    { ip, port }: { ip: string; port: number },
  ): Promise<void> {
    if (!component.isRunning) {
      return;
    }
    const argv = ['bash', '-c', UNTIL_READY, 'until-ready', ip, String(port)];
    const ready = this.#guest
      .run(argv, { netns, timeoutMs: READY_TIMEOUT_MS })
      .catch((error: unknown) => {
        throw new Error(`${component.name} did not get ready:\n${component.log}`, { cause: error });
      });
    const ended = component.untilEnded().then(() => {
      throw new Error(`${component.name} ended before it was ready:\n${component.log}`);
    });
    await Promise.race([ready, ended]);
  }
}

/**
 * bash: asks address and port for /readyz until the answer is 200. It starts no processes, which
 * would take the processor from the programs that start. The read from an empty pipe is a pause.
 */
const UNTIL_READY = `exec 4<> <(:)
until {
  { printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -t 5 _ status _ <&3; } 3<>"/dev/tcp/$1/$2" && [ "$status" = 200 ]
} 2>/dev/null; do read -r -t 0.3 <&4 || :; done`;

/** The guest's kubeconfig: kubectl's default path for root. */
const GUEST_KUBECONFIG = '/root/.kube/config';

function bundleOf(app: 'agent' | 'controller'): string {
  return `${GUEST_WORKSPACE}/apps/${app}/dist/bundle/main.mjs`;
}

function bundle(app: 'agent' | 'controller'): Promise<void> {
  return bundleProgram(`apps/${app}/src/main.ts`, `apps/${app}/dist/bundle/main.mjs`);
}
