package notices

import "fmt"

// who says who wants something, of several the first.
func who(names []string) string {
	switch len(names) {
	case 0:
		return "An assistant wants"
	case 1:
		return names[0] + " wants"
	case 2:
		return names[0] + " and " + names[1] + " want"
	}
	return fmt.Sprintf("%s and %d others want", names[0], len(names)-1)
}
