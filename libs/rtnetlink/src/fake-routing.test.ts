import { routingContract } from './testing/contract.ts';
import { FakeRouting } from './testing/fake-routing.ts';

describe('FakeRouting, like the kernel,', () => {
  it.each(routingContract)('$name', ({ run }) => {
    const routing = new FakeRouting();
    return run({
      routing,
      addGatewayLink: () => {
        routing.addGatewayLink();
        return Promise.resolve();
      },
    });
  });
});
