// Package simulator is a Basecamp that keeps its state in memory: Launchpad,
// the Basecamp 3 API and the Basecamp 2 API, with sample accounts, for the
// demonstration, for tests and as a server on a loopback port.
//
// It follows the vendor's documents and never a client of this program. Its
// server checks tokens, User-Agent and Content-Type, limits the rate, delays
// and breaks requests on demand, and counts them; each product's API is a
// handler of its own behind that.
package simulator
