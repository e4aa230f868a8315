namespace BufferLifetime.Analyzers.Flow;

/// <summary>The expressions of a body by number, and what changes with each place.</summary>
internal sealed class Expressions
{
    /// <summary>How many of what reads a place are looked up one by one, instead of looking through what is known.</summary>
    private const int Few = 8;

    private readonly Dictionary<Expression, int> _numbers = [];
    private readonly List<Expression> _conditions = [];
    private readonly Dictionary<int, List<int>> _definedFrom = [];
    private readonly Dictionary<int, List<int>> _origins = [];
    private readonly Dictionary<int, List<int>> _copiedFrom = [];
    private readonly Dictionary<int, List<int>> _conditionsOn = [];
    private readonly HashSet<(Dictionary<int, List<int>>, int, int)> _linked = [];

    /// <summary>The value as a definition of <paramref name="target"/>, or null when it cannot be one.</summary>
    public Expression? Intern(Expression? value, int target)
    {
        if (value is null || value.Reads(target))
        {
            return null;
        }

        value.CollectPlaces(place =>
        {
            Add(_definedFrom, place, target);
            Add(_origins, target, place);
        });
        if (value is Expression.Of copied)
        {
            Add(_copiedFrom, target, copied.Place);
        }

        return value;
    }

    /// <summary>The number under which the truth of a condition is remembered.</summary>
    public int Number(Expression condition)
    {
        if (!_numbers.TryGetValue(condition, out int number))
        {
            number = _numbers.Count;
            _numbers.Add(condition, number);
            _conditions.Add(condition);
            condition.CollectPlaces(place => Add(_conditionsOn, place, number));
        }

        return number;
    }

    /// <summary>The places that some definition of <paramref name="place"/> reads.</summary>
    public IReadOnlyList<int> Origins(int place) => _origins.TryGetValue(place, out List<int>? places) ? places : [];

    /// <summary>The places that <paramref name="place"/> is somewhere a copy of.</summary>
    public IReadOnlyList<int> CopiedFrom(int place) => _copiedFrom.TryGetValue(place, out List<int>? places) ? places : [];

    /// <summary>The places whose definition reads <paramref name="place"/>.</summary>
    public IReadOnlyList<int> DefinedFrom(int place) => _definedFrom.TryGetValue(place, out List<int>? places) ? places : [];

    /// <summary>The numbers of the conditions that read <paramref name="place"/>.</summary>
    public IReadOnlyList<int> ConditionsOn(int place) => _conditionsOn.TryGetValue(place, out List<int>? numbers) ? numbers : [];

    /// <summary>The definitions without those that read <paramref name="place"/>, which has changed.</summary>
    public IntMap<Expression> WithoutDefinedFrom(IntMap<Expression> definitions, int place)
    {
        IReadOnlyList<int> defined = DefinedFrom(place);
        if (defined.Count <= Few)
        {
            foreach (int other in defined)
            {
                definitions = definitions.Remove(other);
            }

            return definitions;
        }

        // Of all that is ever computed from the place, little is known at one point.
        IntMap<Expression> left = definitions;
        definitions.ForEach((other, definition) => left = definition.Reads(place) ? left.Remove(other) : left);
        return left;
    }

    /// <summary>The truths without those of conditions that read <paramref name="place"/>, which has changed.</summary>
    public IntMap<BoxedBool> WithoutConditionsOn(IntMap<BoxedBool> truths, int place)
    {
        IReadOnlyList<int> conditions = ConditionsOn(place);
        if (conditions.Count <= Few)
        {
            foreach (int condition in conditions)
            {
                truths = truths.Remove(condition);
            }

            return truths;
        }

        IntMap<BoxedBool> left = truths;
        truths.ForEach((condition, _) => left = _conditions[condition].Reads(place) ? left.Remove(condition) : left);
        return left;
    }

    private void Add(Dictionary<int, List<int>> map, int place, int value)
    {
        if (!_linked.Add((map, place, value)))
        {
            return;
        }

        if (!map.TryGetValue(place, out List<int>? list))
        {
            map.Add(place, list = []);
        }

        list.Add(value);
    }
}
