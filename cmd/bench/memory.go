package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// memory is what a process holds, in bytes. Shared parts of files, such as the
// program's own code, count in part in pss and in full in rss; anonymous is what
// no file stands behind: heap, stacks, the runtime.
type memory struct{ rss, pss, anonymous float64 }

// memoryOf reads /proc, which only Linux has; elsewhere it is an error.
func memoryOf(pid int) (memory, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return memory{}, err
	}
	var m memory
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) != 3 || f[2] != "kB" {
			continue
		}
		kb, err := strconv.ParseFloat(f[1], 64)
		if err != nil {
			return memory{}, err
		}
		switch f[0] {
		case "Rss:":
			m.rss = kb * 1024
		case "Pss:":
			m.pss = kb * 1024
		case "Anonymous:":
			m.anonymous = kb * 1024
		}
	}
	return m, nil
}

// middle is the median of several readings, field by field.
func middle(all []memory) memory {
	pick := func(field func(memory) float64) float64 {
		var v []float64
		for _, m := range all {
			v = append(v, field(m))
		}
		return median(v)
	}
	return memory{
		rss:       pick(func(m memory) float64 { return m.rss }),
		pss:       pick(func(m memory) float64 { return m.pss }),
		anonymous: pick(func(m memory) float64 { return m.anonymous }),
	}
}
