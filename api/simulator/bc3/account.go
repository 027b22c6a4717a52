package bc3

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"sync"

	"basecampfs/api/simulator/product"
)

// Code is the product code of authorization.json.
const Code = "bc3"

// avatarKey is where every person's picture is stored.
const avatarKey = "avatar"

// Sample says which sample data an account starts with.
type Sample int

// The samples.
const (
	Company Sample = iota // a company's projects, of the size that Env asks for
	Brand                 // a second, smaller account
)

// New returns an account with sample data and the API to it.
func New(env product.Env, id int64, name string, sample Sample) *product.Account {
	s := newState(env, id, name)
	env.Files.Put(product.Blob{Key: avatarKey, Name: "avatar.png", ContentType: "image/png", Data: picture(40, 40, 1)})
	s.load(true)
	last := s.fill(sample)
	s.load(false)
	s.ids = product.NewIDs(max(last+1, firstNewID+int64(sample)*1_000_000))
	return &product.Account{Code: Code, ID: id, Name: name, Path: "/" + strconv.FormatInt(id, 10), Handler: newHandler(s),
		Has: func(i product.Identity) bool { s.mu.RLock(); defer s.mu.RUnlock(); return s.personFor(i) != nil }}
}

// firstNewID is the id of the first thing that a request creates, beyond what
// a float64 holds exactly, as the vendor's ids will be.
const firstNewID = 1<<53 + 100_001

// pictures are those made so far: encoding is what takes most of the time of
// making an account.
var pictures sync.Map

// picture returns a small PNG, each seed another one.
func picture(w, h int, seed byte) []byte {
	key := [3]int{w, h, int(seed)}
	if b, ok := pictures.Load(key); ok {
		return b.([]byte)
	}
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.NRGBA{R: seed * 37, G: byte(x * 255 / w), B: byte(y * 255 / h), A: 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	pictures.Store(key, b.Bytes())
	return b.Bytes()
}
