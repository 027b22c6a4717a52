package bc3

import (
	"time"

	"basecampfs/api/simulator/product"
)

func testEnv() product.Env {
	return product.Env{Now: time.Now, Files: &product.Files{Now: time.Now}, Full: func() bool { return false }}
}
