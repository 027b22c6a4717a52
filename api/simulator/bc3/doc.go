// Package bc3 simulates the Basecamp 3 API of one account, in memory, as the
// vendor's API guide and OpenAPI document describe it. It knows nothing of
// the client that this program has for the same API.
//
// Everything is a recording, as in Basecamp itself: a compact struct from
// which the JSON is rendered at each request, so that a million of them fit
// in memory. Sample data is the same at every start, ids and times included.
package bc3
