/**
 * The numbers of ctnetlink that we use: linux/netfilter/nfnetlink.h,
 * linux/netfilter/nfnetlink_conntrack.h and, for the bits of a filter,
 * net/netfilter/nf_conntrack_netlink.c.
 */

export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_INET6 = 10;

const NFNL_SUBSYS_CTNETLINK = 1;

/** Message types: the subsystem and IPCTNL_MSG_CT_NEW, _GET, _DELETE. */
export const CT_NEW = (NFNL_SUBSYS_CTNETLINK << 8) | 0;
export const CT_GET = (NFNL_SUBSYS_CTNETLINK << 8) | 1;
export const CT_DELETE = (NFNL_SUBSYS_CTNETLINK << 8) | 2;

/** Length of `struct nfgenmsg`, before the attributes of each message. */
export const NFGENMSG_LENGTH = 4;

/** Attributes of a conntrack entry (`enum ctattr_type`). Numbers in them are big-endian. */
export const CTA_TUPLE_ORIG = 1;
export const CTA_TUPLE_REPLY = 2;
export const CTA_STATUS = 3;
export const CTA_TIMEOUT = 7;
export const CTA_ID = 12;
/** The zone of both directions. A zone of one direction is in that direction's tuple. */
export const CTA_ZONE = 18;
/** Since Linux 5.8; older kernels ignore it, or refuse it with EINVAL or EOPNOTSUPP. */
export const CTA_FILTER = 25;

/** In CTA_FILTER: which fields of CTA_TUPLE_ORIG and of CTA_TUPLE_REPLY have to be equal. */
export const CTA_FILTER_ORIG_FLAGS = 1;
export const CTA_FILTER_REPLY_FLAGS = 2;
export const FILTER_BY_SOURCE = 1;

/** In a tuple (`enum ctattr_tuple`). */
export const CTA_TUPLE_IP = 1;
export const CTA_TUPLE_PROTO = 2;
export const CTA_TUPLE_ZONE = 3;

/** In CTA_TUPLE_IP (`enum ctattr_ip`). */
export const CTA_IP_V4_SRC = 1;
export const CTA_IP_V4_DST = 2;
export const CTA_IP_V6_SRC = 3;
export const CTA_IP_V6_DST = 4;

/** In CTA_TUPLE_PROTO (`enum ctattr_l4proto`). */
export const CTA_PROTO_NUM = 1;
export const CTA_PROTO_SRC_PORT = 2;
export const CTA_PROTO_DST_PORT = 3;
