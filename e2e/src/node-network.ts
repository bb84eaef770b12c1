/** The address at which the one Node of {@link NODE_NETWORK} reaches the host's controller. */
export const HOST_IP = '192.168.77.1';

/** bash: a network with one Node without a cluster, the network namespace n1 with an uplink. */
export const NODE_NETWORK = `
ip link add br-lan up type bridge mcast_snooping 0
ip addr add ${HOST_IP}/24 dev br-lan
ip netns add n1
ip link add lan-n1 up master br-lan type veth peer name eth0 netns n1
ip -n n1 link set lo up
ip -n n1 link set eth0 up
ip -n n1 addr add 192.168.77.11/24 dev eth0
ip -n n1 route add default via 192.168.77.254
`;
