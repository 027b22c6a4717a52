package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"time"
)

// readings are how long it takes to open, read and close a file.
type readings struct{ P50, P99 time.Duration }

// timeReaders opens, reads and closes each file that the file args[0] names,
// one a line, below the working directory, and prints readings as JSON.
func timeReaders(args []string) error {
	if len(args) != 1 {
		return errors.New("read takes a file with names")
	}
	list, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer list.Close()
	var took []time.Duration
	buf := make([]byte, 1<<20)
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		began := time.Now()
		if err := readFile(lines.Text(), buf); err != nil {
			return err
		}
		took = append(took, time.Since(began))
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if len(took) == 0 {
		return errors.New("no names to read")
	}
	slices.Sort(took)
	return json.NewEncoder(os.Stdout).Encode(readings{took[len(took)/2], took[len(took)*99/100]})
}

func readFile(name string, buf []byte) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		if _, err := f.Read(buf); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
