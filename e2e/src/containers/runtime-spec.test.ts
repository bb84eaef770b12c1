import type { Container } from './runtime-spec.ts';
import { runtimeSpecFor } from './runtime-spec.ts';

const placement = {
  nodeName: 'n1',
  root: '/roots/agent',
  netns: '/run/netns/n1',
  hosts: '/etc/hosts.pod',
  volumes: '/volumes',
};
const image = { Env: ['PATH=/usr/bin'], Entrypoint: ['/usr/bin/node'] };
const container: Container = {
  name: 'agent',
  args: ['--node-name=$(NODE_NAME)'],
  env: [{ name: 'NODE_NAME' }, { name: 'MODE', value: 'auto' }],
  securityContext: {
    runAsUser: 0,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { add: ['NET_ADMIN'] },
  },
  volumeMounts: [
    { name: 'run', mountPath: '/run/openvswitch' },
    { name: 'tmp', mountPath: '/tmp' },
  ],
};

it('runtimeSpecFor gives a container its rights and volumes, and nothing more', () => {
  const template = {
    containers: [container],
    volumes: [
      { name: 'run', hostPath: { path: '/run/openvswitch' } },
      { name: 'tmp', emptyDir: {} },
    ],
  };
  expect(runtimeSpecFor(template, container, image, placement)).toMatchObject({
    process: {
      args: ['/usr/bin/node', '--node-name=n1'],
      env: ['PATH=/usr/bin', 'NODE_NAME=n1', 'MODE=auto'],
      noNewPrivileges: true,
      capabilities: { bounding: ['CAP_NET_ADMIN'] },
    },
    root: { path: '/roots/agent', readonly: true },
    mounts: expect.arrayContaining([
      expect.objectContaining({ source: '/run/openvswitch', destination: '/run/openvswitch' }),
      expect.objectContaining({ source: '/volumes/tmp', destination: '/tmp' }),
    ]) as unknown,
    linux: {
      namespaces: expect.arrayContaining([{ type: 'network', path: '/run/netns/n1' }]) as unknown,
      readonlyPaths: expect.arrayContaining(['/proc/sys']) as unknown,
    },
  });
});

it('runtimeSpecFor refuses a mount without a volume', () => {
  const template = { containers: [container] };
  expect(() => runtimeSpecFor(template, container, image, placement)).toThrow('no volume');
});
