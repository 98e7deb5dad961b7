/**
 * Routing: sends each call to the service that its session's flag chose, and keeps what came of it.
 * It knows flags, chat services and the store; it never hears of what is said of the calls later.
 */
export type { BreakerSettings, BreakerState } from './breaker.ts';
export type { RoutingCount } from './counts.ts';
export type { ObservedReply, ReplyObserver } from './observers.ts';
export { type RouterNeeds, type Routing, TrafficRouter } from './router.ts';
export { type ServiceCall, ServiceCalls } from './service-calls.ts';
