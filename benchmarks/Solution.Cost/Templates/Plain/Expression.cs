using System.Globalization;

namespace Project__.Expressions;

public abstract class Expression__
{
    public abstract double Evaluate(IReadOnlyDictionary<string, double> variables);

    public static Expression__ Parse(string text)
    {
        var parser = new Parser(text);
        Expression__ whole = parser.Sum();
        return parser.AtEnd ? whole : throw new FormatException($"Nothing is expected at {parser.Position}.");
    }

    private sealed class Number(double value) : Expression__
    {
        public override double Evaluate(IReadOnlyDictionary<string, double> variables) => value;
    }

    private sealed class Variable(string name) : Expression__
    {
        public override double Evaluate(IReadOnlyDictionary<string, double> variables) =>
            variables.TryGetValue(name, out double value) ? value : throw new KeyNotFoundException(name);
    }

    private sealed class Binary(char op, Expression__ left, Expression__ right) : Expression__
    {
        public override double Evaluate(IReadOnlyDictionary<string, double> variables)
        {
            double a = left.Evaluate(variables), b = right.Evaluate(variables);
            return op switch { '+' => a + b, '-' => a - b, '*' => a * b, '/' => a / b, _ => throw new InvalidOperationException() };
        }
    }

    private sealed class Parser(string text)
    {
        public int Position { get; private set; }

        public bool AtEnd
        {
            get
            {
                while (Position < text.Length && char.IsWhiteSpace(text[Position]))
                    Position++;
                return Position == text.Length;
            }
        }

        public Expression__ Sum()
        {
            Expression__ left = Product();
            while (!AtEnd && text[Position] is '+' or '-')
                left = new Binary(text[Position++], left, Product());
            return left;
        }

        private Expression__ Product()
        {
            Expression__ left = Factor();
            while (!AtEnd && text[Position] is '*' or '/')
                left = new Binary(text[Position++], left, Factor());
            return left;
        }

        private Expression__ Factor()
        {
            if (AtEnd)
                throw new FormatException("The text ends too early.");
            int start = Position;
            if (text[start] == '(')
            {
                Position++;
                Expression__ inner = Sum();
                if (AtEnd || text[Position++] != ')')
                    throw new FormatException($"The bracket at {start} is not closed.");
                return inner;
            }

            while (Position < text.Length && (char.IsLetterOrDigit(text[Position]) || text[Position] == '.'))
                Position++;
            ReadOnlySpan<char> word = text.AsSpan(start, Position - start);
            return double.TryParse(word, CultureInfo.InvariantCulture, out double value) ? new Number(value) : new Variable(word.ToString());
        }
    }
}
