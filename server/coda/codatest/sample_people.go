package codatest

import (
	"strings"
	"sync"
)

// people are everyone at Fernhill; the first is the owner of the account.
var people = sync.OnceValue(func() []Person {
	return members(
		"Robin Vale", "Mina Okafor", "Jonas Weber", "Tomas Lindqvist", "Priya Raman", "Lucia Ferro",
		"Ines Carvalho", "Noor Haddad", "Sam Whitlock", "Dev Banerjee", "Hanna Brandt", "Oscar Nyberg",
		"Yuki Tanabe", "Maeve Doyle", "Pavel Novak", "Amara Diallo", "Leo Fontaine", "Sofie Jensen",
		"Marco Bellini", "Greta Olsen", "Ravi Menon", "Clara Voss", "Theo Marsh", "Ella Vale",
	)
})

func members(names ...string) []Person {
	out := make([]Person, len(names))
	for i, n := range names {
		out[i] = Person{n, mailOf(n, "fernhill.example")}
	}
	return out
}

// mailOf makes an address out of a name.
func mailOf(name, domain string) string {
	plain := strings.NewReplacer("é", "e", "ö", "o", "ø", "o", "ä", "a", "'", "", " ", ".").Replace(strings.ToLower(name))
	return plain + "@" + domain
}

// person finds a member by first name.
func person(first string) Person {
	for _, p := range people() {
		if strings.HasPrefix(p.Name, first+" ") {
			return p
		}
	}
	return people()[0]
}

var (
	firstNames = strings.Fields("Anneke Bram Cato Daan Elin Finn Gudrun Henk Ilse Jasper Karin Lars Maud Niels Orla Piet Quinn Rosa Sten Tilda Ursel Vera Wout Ylva Zoe Aoife Bjorn Camille Declan Emil")
	lastNames  = strings.Fields("Visser Bakker Dubois Hansen Larsen Keller Moreau Peeters Janssens Schmidt Vogel Byrne Murphy Eriksson Holm Lambert Mercier Smit Brouwer Krause Lund Berg Friis Walsh Claes Maes Roth Frank Dahl Engel")
	towns      = strings.Fields("Utrecht Ghent Aarhus Freiburg Lyon Galway Uppsala Bergen Antwerp Groningen Leipzig Nantes Cork Odense Malmö Basel Bruges Tilburg Münster Rennes Limerick Lund Delft Graz Turku Leiden Kiel Lille")
	shopWords  = []string{"Cycles", "Bike Works", "Wheelhouse", "Spokes", "Velo", "Bicycle Repair", "Pedal & Co", "Chainline", "Two Wheels", "Bikeyard"}
)

// name makes a name of somebody outside the company.
func (b *builder) name() string { return pick(b, firstNames) + " " + pick(b, lastNames) }
