// Package bcx simulates the Basecamp 2 API of one account, in memory, as the
// vendor's guide describes it, its odd values included. It knows nothing of
// the client that this program has for the same API.
//
// Sample data is the same at every start, ids and times included. What a
// request writes gets the time of the server's clock.
package bcx
