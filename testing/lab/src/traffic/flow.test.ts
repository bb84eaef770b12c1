import { Flows } from './flow.ts';

it('gives each sender a port of its own, always the same', () => {
  const flows = new Flows();
  const [web, db] = [flows.for('default/web'), flows.for('default/db')];
  expect(web.port).not.toBe(db.port);
  expect(flows.for('default/web')).toBe(web);
  expect(flows.byPort(db.port)).toBe(db);
  expect(flows.byPort(1)).toBeUndefined();
});

it('says so when the ports are used up', () => {
  const flows = new Flows();
  for (let index = 0; index < 200; index++) {
    flows.for(`default/pod-${String(index)}`);
  }
  expect(() => flows.for('default/one-more')).toThrow(
    'no port left for the traffic of default/one-more',
  );
});
