package codatest

import "fmt"

func (b *builder) renovation() *Doc {
	d := b.doc("Home Renovation", "home-renovation", "Private", "house", 8)
	quotes := b.table(d, "Quotes", col("Work", "text"), col("Firm", "text"), col("Amount", "currency"), col("State", "select", options("Asked", "Received", "Accepted", "Paid", "Declined")), col("Valid until", "date"), col("Room", "lookup", relation("Rooms")))
	rooms := b.table(d, "Rooms", col("Room", "text"), col("State", "select", options("Untouched", "Planned", "In work", "Done")), col("Area (m²)", "number"), col("Paint", "text"), col("Progress", "slider", upTo(100)))
	var refs []Ref
	for i, n := range []string{"Kitchen", "Bath", "Hall", "Living room", "Bedroom", "Ella's room", "Study", "Cellar"} {
		refs = append(refs, rooms.add(n, rooms.Columns[1].Options[(i+2)%4], float64(b.between(60, 320))/10,
			pick(b, []string{"chalk white", "sea green", "sand", "as it is"}), float64(b.between(0, 10)*10)))
	}
	works := []string{"Electricity, second visit", "Cabinets north wall", "Oak worktop", "Shower and drain", "Tiles, white", "Linoleum floor", "Cork floor", "Plaster and paint", "Window repair", "Waste container"}
	for i := range 34 {
		quotes.add(works[i%len(works)], pick(b, []string{"Elektro Adler", "Tischlerei Brandt", "Bad & Mehr", "Fliesen Kuhn", "Maler Yilmaz"}), float64(b.between(3, 140)*100),
			pick(b, quotes.Columns[3].Options), b.day(b.between(-40, 60)), pick(b, refs))
	}
	return d
}

func (b *builder) trip() *Doc {
	d := b.doc("Trip to Portugal", "trip-to-portugal", "Private", "train", 15)
	t := b.table(d, "Itinerary", col("What", "text"), col("Where", "text"), col("Start", "dateTime"), col("Booked", "checkbox"), col("Price", "currency", func(c *Column) { c.Currency = "EUR" }), col("Hours", "number"))
	for day := range 11 {
		town := []string{"Lisbon", "Lisbon", "Lisbon", "Lisbon", "Évora", "Évora", "Porto", "Porto", "Porto", "Porto", "On the train"}[day]
		for i, what := range []string{"Slow breakfast", "Walk without a plan", "Lunch, long", "One museum, at most", "Evening by the water"} {
			t.add(fmt.Sprintf("Day %d: %s", day+1, what), town, b.moment(150+day, 9+3*i, 0), b.chance(40), float64(b.between(0, 90)), float64(b.between(1, 3)))
		}
	}
	p := b.table(d, "Packing list", col("Thing", "text"), col("For", "select", options("Robin", "Ella", "Both")), col("Packed", "checkbox"))
	for _, n := range []string{"Passports", "Train tickets", "Sun hats", "Rain jackets", "Walking shoes", "Swimming things", "Chargers", "Notebook", "Cards", "First aid", "Water bottles", "Books (two each)", "Sunscreen", "Earplugs", "Small gift for Mina's aunt"} {
		p.add(n, pick(b, p.Columns[1].Options), false)
	}
	return d
}

func (b *builder) recipes() *Doc {
	d := b.doc("Recipe Box", "recipe-box", "Private", "pot", 20)
	t := b.table(d, "Recipes", col("Dish", "text"), col("Kind", "select", many, options("Soup", "Pasta", "Bread", "Sweet", "Vegetarian", "Quick")), col("Minutes", "number"), col("Serves", "number"), col("Rating", "scale", upTo(5)), col("Last cooked", "date"), col("Source", "link"), col("Cooked today", "button", label("Cooked")))
	for i, n := range []string{"Lentil soup", "Sunday bread", "Ella's pasta", "Mushroom risotto", "Leek tart", "Plum cake", "Chickpea stew", "Tomato salad", "Potato pancakes", "Apple crumble", "Onion soup", "Saffron rice",
		"Bean chili", "Green curry", "Flatbread", "Beetroot soup", "Cheese dumplings", "Lemon chicken", "Cucumber salad", "Rice pudding", "Roast carrots", "Fish soup", "Walnut pesto", "Cabbage rolls", "Oat biscuits",
		"Pumpkin gnocchi", "Rhubarb jam", "Egg noodles", "Spinach pie", "Poached pears"} {
		t.add(n, some(b, t.Columns[1].Options, b.between(1, 2)), float64(5*b.between(3, 30)),
			float64(b.between(2, 6)), float64(b.between(2, 5)), b.day(-b.between(1, 200)),
			Link{n, fmt.Sprintf("https://kitchen.example/%d", i+1)}, "Cooked")
	}
	return d
}

func (b *builder) reading() *Doc {
	d := b.doc("Reading List", "reading-list", "Private", "book", 25)
	t := b.table(d, "Library", col("Title", "text"), col("Author", "text"), col("State", "select", options("One day", "Reading", "Read", "Given up")), col("Pages", "number"), col("Read", "percent"), col("Stars", "scale", upTo(5)), col("Finished", "date"), col("Lent to", "person"))
	for range 64 {
		state := pick(b, t.Columns[2].Options)
		share, finished, lent := 0.0, "", any(nil)
		switch state {
		case "Read":
			share, finished = 1, b.day(-b.between(5, 700))
			if b.chance(15) {
				lent = pick(b, people())
			}
		case "Reading":
			share = float64(b.between(5, 90)) / 100
		}
		title := fmt.Sprintf("The %s of %s", pick(b, []string{"History", "Small Book", "Quiet Art", "End", "Grammar", "Weight", "Book"}), pick(b, []string{"Tools", "Rivers", "Bread", "Wheels", "Silence", "Repair", "Maps", "Winter", "Letters", "Gardens"}))
		t.add(title, b.name(), state, float64(b.between(110, 640)), share, float64(b.between(1, 5)), finished, lent)
	}
	return d
}
